from . import quotation_document

from . import (
    codes,
    import_rows,
    meta,
    meta_messaging,
    meta_origin,
    meta_said,
    meta_values,
    meta_whatsapp,
    meta_words,
    phone_forms,
    steps,
    words,
)

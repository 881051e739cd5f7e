from . import (
    codes,
    meta,
    meta_messaging,
    meta_origin,
    meta_said,
    meta_values,
    meta_whatsapp,
    meta_words,
    own_address,
    phone_forms,
    steps,
    words,
)

"""What is attempted, by name; the number is that of the row in `docs/visibility.md`."""

from enum import Enum


class Threat(Enum):
    RECORDS = 1
    ORDER_LINES = 2
    NAMES = 3
    ADDRESSES = 4
    YES_OR_NO = 5
    ERROR_TEXTS = 6
    SIGN_UP_TOKEN = 8
    MEETINGS = 9
    BANK_ACCOUNTS = 10
    LETTERS = 11
    RECIPIENTS = 12
    MESSAGES_AND_FILES = 13
    AFTER_THE_ASSIGNMENT = 14
    ANALYTIC_ACCOUNTS = 16
    INVOICES_AND_LEADS = 17
    VALUES_ON_OWN_ORDER = 18
    SUBSCRIBING = 19
    ADDING_TO_RECORDS = 20
    COPYING_INTO_A_LEAD = 21
    ORDER_FOR_A_CUSTOMER = 22
    DIALOGS_OF_OTHERS = 23
    IMPORT_BY_ID = 25
    PAGES_AND_REPORTS = 26
    EXPORT = 27
    PORTAL_TOKEN = 29
    ASSIGNING_ONESELF = 30
    CALLS = 34
    LIFE_CYCLE = 37
    PROJECTS = 40

from lxml import etree, html

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext, html_sanitize

from odoo.addons.leads_agent.fields import Link

from ..tools import words


class LeadsAgentStopWord(models.Model):
    """A word by which people opt out of messages, or opt in again.

    A message counts if it is such a word, regardless of language, case, accents and punctuation, not if it contains
    one: "stop by on Friday" is an answer.
    """

    _name = "leads.agent.stop.word"
    _inherit = ["leads.agent.lifecycle.setup"]
    _description = "Stop Word"
    _order = "lang_id, kind desc, name, id"

    name = fields.Char(string="Word", required=True)
    kind = fields.Selection(
        [("stop", "Stop"), ("start", "Start Again")],
        string="Meaning",
        required=True,
        default="stop",
        help="A stop word blocks the channel on which it was received. A start word unblocks the same channel.",
    )
    lang_id = Link("res.lang", string="Language", ondelete="set null", context={"active_test": False})
    key = fields.Char(compute="_compute_key", store=True, export_string_translation=False)
    active = fields.Boolean(default=True)

    _one_per_language = models.UniqueIndex(
        "(key, COALESCE(lang_id, 0))", "This word is already in the list for this language."
    )

    @api.depends("name")
    def _compute_key(self):
        for word in self:
            word.key = words.plain((word.name or "")[: words.LONGEST])

    @api.constrains("name", "kind")
    def _check_key(self):
        all_words = self.with_context(active_test=False)
        for word in self:
            if not word.key or len(word.name) > words.LONGEST:
                raise ValidationError(
                    self.env._(
                        "'%(word)s' cannot be a stop word. A stop word contains a letter or a digit and has at most "
                        "%(most)s characters.",
                        word=word.name,
                        most=words.LONGEST,
                    )
                )
            if all_words.search_count([("key", "=", word.key), ("kind", "!=", word.kind)], limit=1):
                raise ValidationError(self.env._("'%s' cannot mean both stop and start again.", word.name))

    def _load_records_create(self, vals_list):
        """Keep a word that a user entered before it was shipped, with the user's meaning."""
        if not self.env.context.get("install_module"):
            return super()._load_records_create(vals_list)
        loaded = self.browse()
        for vals in vals_list:
            loaded |= self._entered_before(vals) or super()._load_records_create([vals])
        return loaded

    @api.model
    def _entered_before(self, vals):
        is_same = Domain("lang_id", "=", vals.get("lang_id")) | Domain("kind", "!=", vals.get("kind", "stop"))
        domain = Domain("key", "=", words.plain(vals["name"])) & is_same
        return self.with_context(active_test=False).search(domain, limit=1)

    # ------------------------------------------------------------------
    # Purpose of messages
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _kinds(self):
        # sudo: leads.agent.stop.word - only compared with messages, never shown
        return {word.key: word.kind for word in self.sudo().search([])}

    @api.model
    def _purpose(self, text):
        """Return the purpose of a message.

        :rtype: str
        :returns: ``stop``, ``start``, or an empty text for any other message
        """
        if not text or len(text) > words.LONGEST:
            return ""
        return self._kinds().get(words.plain(text), "")

    @api.model
    def _purpose_of(self, body):
        """Return the purpose of an HTML message."""
        return self._purpose(html2plaintext(body or "", include_references=False).strip())

    @api.model
    def _words_of_mail(self, body, subject):
        """Return the text typed in a mail, or the subject of an empty one, as sent to unsubscribe by mail."""
        return words.own_words(self._typed(body)) or subject or ""

    @api.model
    def _typed(self, body):
        """Return the text of a mail without what Odoo recognises as a quotation or signature."""
        clean = html_sanitize(body or "", sanitize_tags=False)
        if not clean.strip():
            return ""
        tree = html.fragment_fromstring(clean, create_parent="div")
        for quoted in tree.xpath("//*[@data-o-mail-quote]"):
            if quoted.getparent() is not None:
                quoted.drop_tree()
        for block in tree.iter("div", "p", "li", "tr", "pre", "blockquote"):
            block.tail = f"\n{block.tail or ''}"
        for line in tree.iter("br"):
            line.tail = f"\n{line.tail or ''}"
        return etree.tostring(tree, method="text", encoding="unicode")

import type { RuleContext, UserRule } from 'validate-model-card';

/** Cards for production say who may be asked about the model. */
function check({ card, report }: RuleContext): void {
  const contact: unknown = card.metadata?.contact;
  if (typeof contact === 'string' && contact.includes('@')) return;
  report({
    message: 'The metadata has no "contact" with an address.',
    path: ['contact'],
    help: 'Add "contact: team@example.org".',
  });
}

export default {
  id: 'acme/contact-given',
  severity: 'warning',
  description: 'The metadata has an address to ask about the model.',
  good: [{ text: '---\ncontact: vision@example.org\n---\n' }],
  bad: [{ text: '---\nlicense: mit\n---\n' }, { text: '---\ncontact: the vision team\n---\n' }],
  check,
} satisfies UserRule;

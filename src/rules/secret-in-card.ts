import type { Rule } from './rule.js';

export const secretInCard: Rule = {
  id: 'secret-in-card',
  severity: 'error',
  description: 'The card holds no access token, key or password.',
  why: 'Whoever reads a card can use a token that was pasted into it, and programs search public repositories for nothing else. Deleting it later does not help, because the history of the repository keeps it.',
  source:
    'forms of credentials as their providers publish them, and as the public rules of gitleaks and trufflehog have them; hub-docs, security-secrets.md',
  fixable: false,
  needs: 'secrets',
  good: [
    { text: '# Use\n\n```python\nlogin(token="hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")\n```\n' },
    { text: '# Use\n\n```sh\ncurl -H "Authorization: Bearer $HF_TOKEN" https://example.org\n```\n' },
  ],
  bad: [
    // Put together here, so that no search for credentials stops at this file.
    {
      text: `# Use\n\n\`\`\`python\nlogin(token="hf_${'kVbWqZtRnYpLsDgHjXcMuAeQ'}${'zTfBwNoPiK'}")\n\`\`\`\n`,
    },
    { text: `---\nlicense: mit\n---\ngit clone https://me:${'k7Rw2pQx9t'}@git.company.dev/model\n` },
  ],
  check({ secrets, report }) {
    for (const { span, kind } of secrets) {
      report({
        message: `The card shows ${kind}.`,
        span,
        help: 'Revoke it where it was issued, then write a placeholder such as $TOKEN in its place. To delete it is not enough: the history of the repository keeps it, and it may have been copied.',
      });
    }
  },
};

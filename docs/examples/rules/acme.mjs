// Rules of a team's own. Name this file in the settings: ruleModules: [./acme.mjs]

/** @type {import('validate-model-card').UserRule} */
const teamNamed = {
  id: 'acme/team-named',
  severity: 'error',
  description: 'The metadata names the team that answers for the model, in small letters.',
  fixable: true,
  good: [{ text: '---\nteam: vision\n---\n' }],
  bad: [{ text: '---\nlicense: mit\n---\n' }, { text: '---\nteam: Vision\n---\n' }],
  check({ card, report }) {
    const team = card.metadata?.team;
    if (team === undefined) {
      report({ message: 'The metadata names no team.', path: ['team'], help: 'Add "team: …".' });
      return;
    }
    // Where the value stands in the text, quotes included.
    const span = card.spanOf(['team'], 'value');
    if (span === undefined) return;
    const written = card.text.slice(span.start, span.end);
    if (written === written.toLowerCase()) return;
    report({
      message: 'The name of the team has capital letters.',
      path: ['team'],
      part: 'value',
      severity: 'warning',
      fix: { title: 'Write it in small letters', edits: [{ ...span, text: written.toLowerCase() }] },
    });
  },
};

/** @type {import('validate-model-card').UserRule} */
const onnxPresent = {
  id: 'acme/onnx-present',
  severity: 'warning',
  description: 'The repository holds an ONNX file.',
  good: [{ text: '', files: ['README.md', 'onnx/model.onnx'] }],
  bad: [{ text: '', files: ['README.md', 'model.safetensors'] }],
  check({ files, report }) {
    // Null when only a card is checked, and nothing is known of its repository.
    if (files === null || files.some(({ path }) => path.endsWith('.onnx'))) return;
    report({ message: 'No file of the repository ends in .onnx.', noRange: true, help: 'Export the model.' });
  },
};

export default [teamNamed, onnxPresent];

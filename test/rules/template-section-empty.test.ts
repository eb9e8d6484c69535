import { templateSectionEmpty } from '../../src/rules/template-section-empty.js';
import { testRule } from './tester.js';

const HUB_TEMPLATE = `---
{}
---
# Model Card for Model ID

<!-- Provide a quick summary of what the model is/does. -->

## Model Details

### Model Description

<!-- Provide a longer summary of what this model is. -->

- **Developed by:** [More Information Needed]
- **License:** mit

## Uses

### Direct Use

It sorts reviews.

### Out-of-Scope Use

<!-- This section addresses misuse. -->

[More Information Needed]

### Recommendations

Users should be made aware of the risks. More information needed for further recommendations.

## Results

{{ results | default("[More Information Needed]", true)}}
`;

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

testRule(templateSectionEmpty, {
  bad: [
    {
      name: 'the template of huggingface_hub: one finding, at the first',
      text: HUB_TEMPLATE,
      lines: [lineOf(HUB_TEMPLATE, '### Model Description')],
      marks: ['### Model Description'],
      says: ['3 sections of the card are not filled in: "Model Description", "Out-of-Scope Use", "Results".'],
    },
    {
      name: 'the template of the Trainer',
      text: '---\nlicense: mit\n---\n# a\r\n\r\n## Model description\r\n\r\nMore information needed\r\n\r\n## Training procedure\r\n\r\nx\r\n',
      lines: [6],
      marks: ['## Model description'],
      says: ['1 section of the card is not filled in: "Model description".'],
    },
    {
      name: 'items without a value',
      text: '# a\n## Impact\n- **Hours used:** More information needed.\n',
      lines: [2],
      marks: ['## Impact'],
    },
    {
      name: 'headings with nothing below, but for the title and for sections with smaller ones',
      text: '# Title\n## Use\n### In Python\nx\n## Data\n\n## Limits\n\n<!-- to do -->\n\n## License\nmit\n## Citation',
      lines: [5],
      marks: ['## Data'],
      says: ['3 sections of the card are not filled in: "Data", "Limits", "Citation".'],
    },
    {
      name: 'many sections: the first five are named',
      text: `# Title\n${Array.from({ length: 9 }, (_, index) => `## S${index}\n`).join('\n')}`,
      lines: [2],
      marks: ['## S0'],
      says: ['"S0", "S1", "S2", "S3", "S4" and 4 more.'],
    },
    {
      name: 'a title that would steer a terminal',
      text: '# T\n## \u001b[31m\u202eno\n',
      lines: [2],
      marks: ['## \u001b[31m\u202eno'],
      says: ['"\\u001b[31m\\u202eno"'],
    },
  ],
  good: [
    { name: 'no text at all', text: '---\nlicense: mit\n---\n' },
    { name: 'a title alone', text: '# Title\n' },
    { name: 'a title above smaller sections', text: '# Title\n## Use\nx\n' },
    { name: 'a title above a section of its own rank', text: '# Title\n\n# Use\n\nx\n' },
    {
      name: 'no headings',
      text: 'More information is on our page. We need more information needed by few.\n',
    },
    { name: 'comments in code', text: '# Title\n## Use\n```python\n# first\n# second\n\n# third\n```\n' },
    {
      name: 'a section that is a comment and text',
      text: '# T\n## Use\n<!-- what for -->\nSorts.\n## End\nx\n',
    },
    { name: 'BibTeX with two braces', text: '# T\n## Cite\n@misc{a,\n title={{Some Title}}\n}\n' },
    { name: 'an HTML element below', text: '# T\n## Demo\n<img src="a.png">\n## End\nx\n' },
    { name: 'hashes in a line', text: '# T\n## Tags\n#nlp #ml\n## End\n x # y\n' },
    {
      name: 'headings that are texts of their own',
      text: '# T\n## Note: some models are not split into chunks.\n\n## Data: https://example.org\n\n## Thanks to [us](https://example.org)\n\n## prompt: a cat\n\n## Everything that had to be said on how to use this model in production is said here\n',
    },
    { name: 'words inside the metadata', text: '---\ntitle: "[More Information Needed]"\n---\n# T\nx\n' },
  ],
});

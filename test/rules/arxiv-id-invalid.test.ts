import { arxivIdInvalid } from '../../src/rules/arxiv-id-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(arxivIdInvalid, {
  bad: [
    {
      name: 'addresses, capitals and blanks in tags',
      text: `---
tags:
- https://arxiv.org/abs/1810.03993 # expect: arxiv-id-invalid
- arxiv.org/pdf/1810.03993v2.pdf # expect: arxiv-id-invalid
- https://huggingface.co/papers/1810.03993 # expect: arxiv-id-invalid
- arXiv:1810.03993 # expect: arxiv-id-invalid
- "arxiv: 1810.03993" # expect: arxiv-id-invalid
- arxiv:https://arxiv.org/abs/hep-th/9901001 # expect: arxiv-id-invalid
---
`,
      marks: [
        'https://arxiv.org/abs/1810.03993',
        'arxiv.org/pdf/1810.03993v2.pdf',
        'https://huggingface.co/papers/1810.03993',
        'arXiv:1810.03993',
        '"arxiv: 1810.03993"',
        'arxiv:https://arxiv.org/abs/hep-th/9901001',
      ],
      says: ['Write "arxiv:1810.03993".', 'Write "arxiv:1810.03993v2".'],
      fixed: `---
tags:
- arxiv:1810.03993 # expect: arxiv-id-invalid
- arxiv:1810.03993v2 # expect: arxiv-id-invalid
- arxiv:1810.03993 # expect: arxiv-id-invalid
- arxiv:1810.03993 # expect: arxiv-id-invalid
- "arxiv:1810.03993" # expect: arxiv-id-invalid
- arxiv:hep-th/9901001 # expect: arxiv-id-invalid
---
`,
    },
    {
      name: 'ids that cannot exist, in tags',
      text: '---\ntags: [arxiv:1813.03993, arxiv:1810.3993, arxiv:1401.03993, arxiv:0703.0399, "arxiv:", arxiv:hep-th/9913001] # expect: arxiv-id-invalid, arxiv-id-invalid, arxiv-id-invalid, arxiv-id-invalid, arxiv-id-invalid, arxiv-id-invalid\n---\n',
      marks: [
        'arxiv:1813.03993',
        'arxiv:1810.3993',
        'arxiv:1401.03993',
        'arxiv:0703.0399',
        '"arxiv:"',
        'arxiv:hep-th/9913001',
      ],
      says: [
        'there is no month 13',
        'since 2015 the number behind the dot has 5 digits, in "1810.3993" it has 4',
        'since 2007 the number behind the dot has 4 digits',
        'is older',
        'is no id of arXiv',
        'there is no month 13',
      ],
    },
    {
      name: 'ids that cannot exist, in the text',
      text: '# A\n[a](https://arxiv.org/abs/2313.03993) and <https://arxiv.org/pdf/2301.0399.pdf>.\nhttp://arXiv.org/abs/xxxx.xxxxx, https://arxiv.org/html/23010.3993v1\n',
      lines: [2, 2, 3, 3],
      marks: ['2313.03993', '2301.0399', 'xxxx.xxxxx', '23010.3993v1'],
      says: ['leads to no paper: there is no month 13'],
    },
  ],
  good: [
    ...untouched('tags'),
    {
      name: 'tags as the Hub writes them, and others',
      text: '---\ntags:\n- arxiv:1810.03993\n- arxiv:0704.0001\n- arxiv:1412.9999v12\n- arxiv:math.GT/0309136\n- arxiv\n- arxiv-papers\n- dataset:arxiv\n- see https://arxiv.org\n---\n',
    },
    {
      name: 'addresses of papers',
      text: '# A\n[a](https://arxiv.org/abs/1810.03993), (arxiv.org/abs/1810.03993v2). http://arxiv.org/pdf/1810.03993.pdf/ <https://www.arxiv.org/pdf/cs/0112017> https://arxiv.org/abs/1706.03762?context=cs https://arxiv.org/abs/2112.07772# \\url{https://arxiv.org/abs/2206.12131},} https://export.arxiv.org/abs/cond-mat.str-el/0001001\n',
    },
    {
      name: 'other pages of arXiv, and addresses without an id',
      text: 'https://arxiv.org/ https://arxiv.org/list/cs.CL/recent https://arxiv.org/abs/ https://arxiv.org/a/x_1 https://blog.arxiv.org/2020/01/01\n',
    },
  ],
});

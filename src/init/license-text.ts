import { lazily } from '../hub/lazily.js';
import { licenses } from '../hub/licenses.js';

/** A license told by sentences that only it has; all of `has`, none of `not`, and in words hardly more than the license itself. */
interface Mark {
  readonly id: string;
  readonly has: readonly string[];
  readonly not?: readonly string[];
  /** Its last words; behind them there are no terms. */
  readonly end?: string;
  /** Most characters of the text, plain; a longer one has terms of its own. */
  readonly longest: number;
}

const NOT_FREE = ['non commercial', 'noncommercial', 'commons clause', 'modified mit'];

const MARKS: readonly Mark[] = [
  {
    id: 'mit',
    has: [
      'permission is hereby granted free of charge to any person obtaining a copy of this software and associated documentation files',
      'the above copyright notice and this permission notice shall be included in all copies or substantial portions of the software',
      'the software is provided as is without warranty of any kind',
    ],
    not: [...NOT_FREE, 'redistributions of source code'],
    end: 'other dealings in the software',
    longest: 1400,
  },
  {
    id: 'apache-2.0',
    has: [
      'apache license version 2 0 january 2004',
      'terms and conditions for use reproduction and distribution',
      'grant of patent license',
    ],
    not: NOT_FREE,
    longest: 12_000,
  },
  {
    id: 'apache-2.0',
    has: [
      'licensed under the apache license version 2 0 the license',
      'except in compliance with the license',
    ],
    not: NOT_FREE,
    longest: 1000,
  },
  {
    id: 'bsd-3-clause',
    has: [
      'redistribution and use in source and binary forms with or without modification are permitted',
      'neither the name',
    ],
    not: [...NOT_FREE, 'all advertising materials', 'patent rights'],
    longest: 1900,
  },
  {
    id: 'bsd-3-clause-clear',
    has: [
      'redistribution and use in source and binary forms with or without modification are permitted',
      'neither the name',
      'no express or implied licenses to any party s patent rights are granted',
    ],
    not: NOT_FREE,
    longest: 2000,
  },
  {
    id: 'bsd-2-clause',
    has: [
      'redistribution and use in source and binary forms with or without modification are permitted',
      'redistributions in binary form must reproduce the above copyright notice',
    ],
    not: [
      ...NOT_FREE,
      'neither the name',
      'all advertising materials',
      'patent rights',
      'may not be used to endorse',
    ],
    longest: 1600,
  },
  {
    id: 'isc',
    has: [
      'permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted provided that the above copyright notice and this permission notice appear in all copies',
    ],
    not: NOT_FREE,
    longest: 1000,
  },
  {
    id: 'postgresql',
    has: [
      'permission to use copy modify and distribute this software and its documentation for any purpose without fee and without a written agreement is hereby granted',
    ],
    longest: 1600,
  },
  {
    id: 'unlicense',
    has: ['this is free and unencumbered software released into the public domain'],
    longest: 1600,
  },
  {
    id: 'zlib',
    has: [
      'this software is provided as is without any express or implied warranty',
      'altered source versions must be plainly marked as such',
    ],
    longest: 1200,
  },
];

/** Licenses told by their title, which stands in the first lines. The first that fits counts. */
const TITLES: readonly (readonly [title: string, id: string])[] = [
  ['gnu affero general public license version 3', 'agpl-3.0'],
  ['gnu lesser general public license version 3', 'lgpl-3.0'],
  ['gnu lesser general public license version 2 1', 'lgpl-2.1'],
  ['gnu general public license version 3', 'gpl-3.0'],
  ['gnu general public license version 2', 'gpl-2.0'],
  ['gnu free documentation license', 'gfdl'],
  ['mozilla public license version 2 0', 'mpl-2.0'],
  ['eclipse public license v 2 0', 'epl-2.0'],
  ['eclipse public license v 1 0', 'epl-1.0'],
  ['european union public licence v 1 2', 'eupl-1.2'],
  ['european union public licence v 1 1', 'eupl-1.1'],
  ['creative commons zero', 'cc0-1.0'],
  ['cc0 1 0 universal', 'cc0-1.0'],
  ['do what the fuck you want to public license', 'wtfpl'],
  ['boost software license version 1 0', 'bsl-1.0'],
  ['the artistic license 2 0', 'artistic-2.0'],
  ['educational community license version 2 0', 'ecl-2.0'],
  ['microsoft public license ms pl', 'ms-pl'],
  ['sil open font license version 1 1', 'ofl-1.1'],
  ['university of illinois ncsa open source license', 'ncsa'],
  ['open data commons attribution license', 'odc-by'],
  ['open data commons public domain dedication', 'pddl'],
  ['open data commons open database license', 'odbl'],
  ['community data license agreement permissive version 1 0', 'cdla-permissive-1.0'],
  ['community data license agreement permissive version 2 0', 'cdla-permissive-2.0'],
  ['community data license agreement sharing version 1 0', 'cdla-sharing-1.0'],
  ['llama 2 community license agreement', 'llama2'],
  ['meta llama 3 community license agreement', 'llama3'],
  ['llama 3 1 community license agreement', 'llama3.1'],
  ['llama 3 2 community license agreement', 'llama3.2'],
  ['llama 3 3 community license agreement', 'llama3.3'],
  ['llama 4 community license agreement', 'llama4'],
  ['gemma terms of use', 'gemma'],
  ['creativeml open rail plus plus m', 'openrail++'],
  ['creativeml open rail m', 'creativeml-openrail-m'],
  ['bigscience rail license v1 0', 'bigscience-bloom-rail-1.0'],
  ['bigscience openrail m', 'bigscience-openrail-m'],
  ['bigcode openrail m', 'bigcode-openrail-m'],
  ['bigcode open rail m', 'bigcode-openrail-m'],
  ['fair noncommercial research license', 'fair-noncommercial-research-license'],
  ['apple machine learning research model', 'apple-amlr'],
];

/** Characters at the start of a plain text in which a title stands; a copyright line may come first. */
const TITLE_WITHIN = 300;

/** Names of Creative Commons licenses, as their texts and the usual notices have them. */
const CREATIVE_COMMONS =
  /(?:^|creative commons (?:legal code )?)attribution( non ?commercial)?( share ?alike| no ?deriv(?:ative)?s)? (\d) (\d) (?:international|unported|generic)/g;

/** Characters behind the last words of a license that are no terms: a name, an address. */
const MOST_BEHIND = 100;

/** Larger files are no license texts, in UTF-16 units. */
const LONGEST_TEXT = 200_000;

/**
 * The Hub's identifier of the license whose text this is; undefined when it is none that is known, has terms of its own
 * beside a known one, or is several at once.
 */
export function licenseOfText(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const plain = plainText(text);
  const head = plain.slice(0, TITLE_WITHIN);
  const title = TITLES.find(([words]) => head.includes(words));
  if (title !== undefined) return known(title[1]);
  const commons = new Set(
    [...plain.slice(0, 6000).matchAll(CREATIVE_COMMONS)].map(([, commercial, changes = '', major, minor]) => {
      const change = changes === '' ? '' : changes.includes('share') ? '-sa' : '-nd';
      return `cc-by${commercial === undefined ? '' : '-nc'}${change}-${major}.${minor}`;
    }),
  );
  if (commons.size > 0) return commons.size === 1 ? known([...commons][0]) : undefined;
  const marked = MARKS.filter(
    ({ has, not = [], end = '', longest }) =>
      plain.length <= longest &&
      (end === '' || plain.length - plain.lastIndexOf(end) - end.length < MOST_BEHIND) &&
      has.every((words) => plain.includes(words)) &&
      !not.some((words) => plain.includes(words)),
  );
  const ids = new Set(marked.map(({ id }) => id));
  return ids.size === 1 ? known([...ids][0]) : undefined;
}

/** Lower case, words with one space between, nothing else. */
function plainText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('rail++', 'rail plus plus')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

const identifiers = lazily(() => new Set(licenses().keys()));

function known(id: string | undefined): string | undefined {
  return id !== undefined && identifiers().has(id) ? id : undefined;
}

/** A name for a license of its own, out of the title in the first line of its text; undefined when that is no title. */
export function licenseNameOf(text: string): string | undefined {
  const first =
    text
      .slice(0, 2000)
      .split('\n')
      .find((line) => /[A-Za-z]{3}/.test(line)) ?? '';
  const name = first
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return name.length >= 4 && name.length <= 60 && /licen[cs]e|terms|agreement/.test(name) ? name : undefined;
}

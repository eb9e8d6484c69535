import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { licenseNameOf, licenseOfText } from '../../src/init/license-text.js';

const MIT = `MIT License

Copyright (c) 2024 The authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

const BSD_2 = `Copyright (c) 2024, The authors

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.
`;
const BSD_3 = `${BSD_2}
3. Neither the name of the copyright holder nor the names of its
   contributors may be used to endorse or promote products derived from
   this software without specific prior written permission.
`;
const CC = (name: string) => `Attribution${name}

=======================================================================

Creative Commons Corporation ("Creative Commons") is not a law firm and does not provide legal services.

Creative Commons Attribution${name} Public License
`;

describe('a license by its text', () => {
  const apache = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');

  it.each([
    ['mit', MIT],
    ['apache-2.0', apache],
    ['apache-2.0', `Copyright 2024 The authors\n\n${apache}`],
    ['bsd-2-clause', BSD_2],
    ['bsd-3-clause', BSD_3],
    [
      'gpl-3.0',
      '                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n',
    ],
    ['gpl-2.0', 'GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n'],
    ['lgpl-3.0', 'GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n'],
    ['agpl-3.0', 'GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n'],
    ['cc-by-4.0', CC(' 4.0 International')],
    ['cc-by-nc-4.0', CC('-NonCommercial 4.0 International')],
    ['cc-by-nc-sa-4.0', CC('-NonCommercial-ShareAlike 4.0 International')],
    ['cc-by-nc-nd-4.0', CC('-NonCommercial-NoDerivatives 4.0 International')],
    ['cc-by-nc-3.0', 'Creative Commons Legal Code\n\nAttribution-NonCommercial 3.0 Unported\n'],
    [
      'cc-by-sa-4.0',
      'This work is licensed under a Creative Commons Attribution-ShareAlike 4.0 International License.',
    ],
    ['cc0-1.0', 'Creative Commons Legal Code\n\nCC0 1.0 Universal\n'],
    ['llama3.1', 'LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nLlama 3.1 Version Release Date: July 23, 2024\n'],
    ['creativeml-openrail-m', 'CreativeML Open RAIL-M\ndated August 22, 2022\n'],
    ['openrail++', 'CreativeML Open RAIL++-M License\ndated July 26, 2023\n'],
    ['gemma', 'Gemma Terms of Use\n\nLast modified: April 1, 2024\n'],
    ['unlicense', 'This is free and unencumbered software released into the public domain.\n'],
  ])('%s', (id, text) => {
    expect(licenseOfText(text)).toBe(id);
    expect(licenseOfText(text.replaceAll('\n', '\r\n'))).toBe(id);
  });

  it.each([
    ['nothing', ''],
    [
      'terms added',
      `${MIT}\nOur only modification is that products with more than a million users show our name and our logo on their front page, in a size that can be read from afar, together with the words that we choose, for as long as the products are offered, and that they ask us before each change of the page on which the name is shown to the users of the product.`,
    ],
    ['a purpose forbidden', MIT.replace('to deal\nin', 'for non-commercial use only, to deal\nin')],
    ['Apache with the Commons Clause', `"Commons Clause" License Condition v1.0\n\n${apache}`],
    [
      'two Creative Commons licenses',
      `${CC(' 4.0 International')}\n${CC('-NonCommercial 4.0 International')}`,
    ],
    ['one the Hub does not have', CC('-NoDerivatives 9.0 International')],
    ['the advertising clause', BSD_3.replace('3. Neither', 'All advertising materials must say so. Neither')],
    ['a license of one’s own', 'Acme Model License\n\nYou may look at the weights.'],
    ['a megabyte', `${MIT}${' x'.repeat(500_000)}`],
  ])('none: %s', (_, text) => {
    expect(licenseOfText(text)).toBeUndefined();
  });

  it('has a name where its first line is a title', () => {
    expect(licenseNameOf('\n# Acme Model License v1.0\n\nYou may …')).toBe('acme-model-license-v1.0');
    expect(
      licenseNameOf('Permission is granted to nobody, in no way, at no time, for no license fee whatever'),
    ).toBeUndefined();
    expect(licenseNameOf('Copyright 2024')).toBeUndefined();
    expect(licenseNameOf('')).toBeUndefined();
  });
});

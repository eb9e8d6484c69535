import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/secrets/find.js';
import { cpuTime } from '../cpu-time.js';
import {
  AWS_SECRET,
  BY_FORM,
  GITHUB_FINE,
  GITHUB_TOKENS,
  HF_TOKEN,
  JWT,
  PRIVATE_KEY,
  WANDB_KEY,
} from './credentials.js';

const found = (text: string) =>
  findSecrets(text).map(({ kind, value, span }) => {
    expect(text.slice(span.start, span.end)).toBe(value);
    return [kind, value];
  });

describe('credentials with a form of their own', () => {
  it.each(Object.entries(BY_FORM))('%s', (kind, token) => {
    for (const text of [
      token,
      `login(token="${token}")`,
      `TOKEN=${token}\n`,
      `\`${token}\`, and more`,
      `<code>${token}</code>`,
      `- ${token}\r\n- b`,
      `這是${token}。`,
      `${'words of a card '.repeat(40)}${token}.`,
    ])
      expect(found(text), text).toEqual([[kind, token]]);
  });

  it('is found wherever it stands, in texts of any length', () => {
    // As long as a text is that shares a buffer, and a little longer and shorter.
    for (const length of [0, 65_536, 65_536 - HF_TOKEN.length]) {
      for (let offset = Math.max(0, length - 40); offset < length + 40; offset++) {
        const before = 'a long-winded '.repeat(offset / 14 + 1).slice(0, offset);
        const text = `${before} ${HF_TOKEN}`;
        expect(found(text), String(offset)).toHaveLength(1);
        expect(found(`${text} ${HF_TOKEN}.`), String(offset)).toHaveLength(2);
      }
    }
  });

  it.each([...GITHUB_TOKENS, GITHUB_FINE])('%s', (token) => {
    expect(found(`git clone https://x-access-token:${token}@github.com/o/r`)).toEqual([
      ['a GitHub token', token],
    ]);
  });

  it('in emphasis', () => {
    expect(found(`__${HF_TOKEN}__`)).toEqual([['a Hugging Face access token', HF_TOKEN]]);
  });

  it('wherever it stands in a text, for every place of the windows that are looked through', () => {
    for (let before = 0; before < 64; before++) {
      const text = `${'-'.repeat(before % 7)}${' '.repeat(before)}${HF_TOKEN} `;
      expect(found(text)).toHaveLength(1);
      expect(found(`${'x'.repeat(before)} ${HF_TOKEN}/${HF_TOKEN}`)).toHaveLength(2);
    }
  });

  it('in a text longer than the buffer that short ones share', () => {
    expect(found(`${'A line of text.\n'.repeat(10_000)}${HF_TOKEN}\n`)).toEqual([
      ['a Hugging Face access token', HF_TOKEN],
    ]);
  });
});

describe('credentials that their place gives away', () => {
  it.each([
    `wandb login ${WANDB_KEY}`,
    `wandb login --relogin ${WANDB_KEY}`,
    `wandb.login(key="${WANDB_KEY}")`,
    `export WANDB_API_KEY=${WANDB_KEY}`,
    `os.environ["WANDB_API_KEY"] = "${WANDB_KEY}"`,
  ])('%s', (text) => {
    expect(found(text)).toEqual([['a Weights & Biases API key', WANDB_KEY]]);
  });

  it('a bearer header', () => {
    const token = BY_FORM['a Replicate API token']?.slice(3) ?? '';
    expect(found(`-H "Authorization: Bearer ${token}"`)).toEqual([['a bearer token', token]]);
    expect(found(`-H "Authorization: Bearer ${HF_TOKEN}"`)).toEqual([
      ['a Hugging Face access token', HF_TOKEN],
    ]);
  });

  it('the secret key of AWS beside its id', () => {
    const id = BY_FORM['an AWS access key id'] ?? '';
    expect(found(`aws_access_key_id = ${id}\naws_secret_access_key = ${AWS_SECRET}\n`)).toEqual([
      ['an AWS access key id', id],
      ['an AWS secret key', AWS_SECRET],
    ]);
  });

  it('a password in an address', () => {
    // A host whose name begins as the placeholder does is a host.
    expect(found('https://me:k7Rw2pQx9t@hosting.company.dev/m')).toEqual([
      ['a password in an address', 'k7Rw2pQx9t'],
    ]);
    expect(found('https://me:k7Rw2pQx9t@host:80/m https://me:k7Rw2pQx9t@hostname.com')).toEqual([]);
    expect(found('git clone https://me:k7Rw2pQx9t@git.company.dev/m')).toEqual([
      ['a password in an address', 'k7Rw2pQx9t'],
    ]);
    expect(found(`https://user:${HF_TOKEN}@huggingface.co/o/n`)).toEqual([
      ['a Hugging Face access token', HF_TOKEN],
    ]);
  });

  it('a JSON web token', () => {
    expect(found(`token: ${JWT}\n`)).toEqual([['a JSON web token', JWT]]);
  });

  it('a private key, as it is and in a string of JSON', () => {
    expect(found(`x\n${PRIVATE_KEY}\ny`).map(([kind]) => kind)).toEqual(['a private key']);
    expect(found(JSON.stringify({ key: PRIVATE_KEY })).map(([kind]) => kind)).toEqual(['a private key']);
  });
});

describe('what is none', () => {
  const hash = WANDB_KEY;
  it.each([
    `hf_${'x'.repeat(34)}`,
    `hf_${'xX'.repeat(17)}`,
    'hf_YOUR_TOKEN',
    'hf_yourTokenGoesHereAndNowhereElseAtAllX',
    'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH',
    'hf_commonvoicedatasetexportedforfinetuning',
    'hf_...',
    'sk-...',
    `sk-${'1234567890'.repeat(4)}`,
    'sk-toggleable__label-arrow sk-estimator-id-10 sk-949a9edd-cac5-469d-9c40-9f504bdd0b78',
    `ghp_${'0'.repeat(36)}`,
    `AKIA${'IOSFODNN7'}EXAMPLE`,
    'Authorization: Bearer YOUR_HUGGINGFACE_API_KEY',
    'Authorization: Bearer {HF_TOKEN}',
    'Authorization: Bearer $HF_TOKEN',
    `https://github.com/o/r/commit/${hash}`,
    `[wandb run](https://wandb.ai/o/p/runs/${hash})`,
    `wandb version 0.13, commit ${hash}`,
    'https://user:password@example.com',
    'postgres://postgres:postgres@localhost:5432/db',
    'https://user:<token>@huggingface.co https://user:$TOKEN@huggingface.co https://user:{t}@hf.co',
    'mailto:someone@company.dev https://medium.com/@someone http://host:8080/@x',
    `verifyToken: ${Buffer.from('{"alg":"EdDSA","typ":"JWT"}').toString('base64url')}.${Buffer.from(`{"hash":"${hash}","version":1}`).toString('base64url')}.${'Qx9tZ4mVb8Ln3Jc6Hs5Gd1FaYeUiOoPzXc0WqBvNm2K'}`,
    '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
    `-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq${'k7Rw2pQx9tZ4mVb8Ln3Jc6Hs5Gd1FaYeUi'.repeat(2)}\n-----END PUBLIC KEY-----`,
    '|---------------------------------------------------------|',
    `![](data:image/png;base64,${'k7Rw2pQx9tZ4mVb8Ln3Jc6Hs5Gd1FaYeUiOoPzXc0WqBvNm2'.repeat(4)})`,
    '',
  ])('%s', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });
});

describe('in little time', () => {
  it.each([
    '@',
    'a@',
    '://a:b',
    '://u:passs1@h ',
    'sk-',
    'eyJ',
    'eyJAAAAAAAAAAAAAAAAAAAAA.',
    'hf_aB',
    'a_',
    'bearer a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6 ',
    '-----BEGIN PRIVATE KEY-----A',
    `-----BEGIN PRIVATE KEY-----${'Aa1+ '.repeat(50)}`,
    `${HF_TOKEN} `,
  ])('10 MB of %j', (unit) => {
    const text = unit.repeat(Math.ceil(10_000_000 / unit.length));
    const computed = cpuTime();
    expect(findSecrets(text).length).toBeLessThanOrEqual(2000);
    expect(computed()).toBeLessThan(5000);
  });
});

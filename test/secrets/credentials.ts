/**
 * Made-up credentials, put together when the tests run: no search for credentials, ours or another, finds one in the
 * files of this repository.
 */
const LETTERS = 'kVbWqZtRnYpLsDgHjXcMuAeQzTfBwNoPiKvGyJ';
const MIXED =
  'k7Rw2pQx9tZ4mVb8Ln3Jc6Hs5Gd1FaYeUiOoPzXc0WqBvNm2KjHg7TrE4yDs9AfL8uI3vR5wS6xC1zM0nQpBbVgTtYyUu7IiOo';
const HEX = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const some = (count: number) => MIXED.slice(0, count);
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const HF_TOKEN = `hf_${LETTERS.slice(0, 34)}`;
export const WANDB_KEY = HEX.slice(0, 40);
export const JWT = `${base64url({ alg: 'HS256' })}.${base64url({ iss: 'hub.company.dev', exp: 1767225600 })}.${some(43)}`;
export const PRIVATE_KEY = [
  `-----BEGIN ${'RSA'} PRIVATE KEY-----`,
  `MIIEpAIBAAKCAQEA${some(48)}`,
  `${MIXED.slice(30, 92)}+/`,
  `${MIXED.slice(20, 60)}==`,
  `-----END ${'RSA'} PRIVATE KEY-----`,
].join('\n');

/** One of each kind that its form gives away. */
export const BY_FORM: Readonly<Record<string, string>> = {
  'a Hugging Face access token': HF_TOKEN,
  'a Hugging Face organization token': `api_org_${LETTERS.slice(0, 34)}`,
  'a GitHub token': `ghp_${some(36)}`,
  'an Anthropic API key': `sk-ant-api03-${some(60)}_-${some(31)}AA`,
  'an OpenRouter API key': `sk-or-v1-${HEX}`,
  'an OpenAI API key': `sk-proj-${some(74)}T3BlbkFJ${some(30)}`,
  'an API key as OpenAI writes them': `sk-${some(48)}`,
  'an AWS access key id': `AKIA${'Q3EGRX5TZ7PLMWKD'}`,
  'a Google API key': `AIza${'Sy'}${some(33)}`,
  'a Slack token': `xoxb-${'730191371696'}-${'1413868247813'}-${some(24)}`,
  'a GitLab token': `glpat-${some(20)}`,
  'an npm token': `npm_${some(36)}`,
  'a PyPI token': `pypi-AgEIcHlwaS5vcmc${some(90)}`,
  'a Replicate API token': `r8_${some(37)}`,
  'a Stripe key': `sk_live_${some(24)}`,
  'a Groq API key': `gsk_${some(52)}`,
  'an xAI API key': `xai-${some(80)}`,
  'an NVIDIA API key': `nvapi-${some(64)}`,
  'a Weights & Biases API key': `wandb_v1_${some(77)}`,
};

export const GITHUB_TOKENS = ['gho', 'ghu', 'ghs', 'ghr'].map((kind) => `${kind}_${some(36)}`);
export const GITHUB_FINE = `github_pat_${some(22)}_${some(59)}`;
export const AWS_SECRET = `wJ7lrXUt/FEMI+K7MDENG/bPxRfiCY${'zQ4vT8nK2m'}`;

import { type Asked, type AskedChat, answerFile, fileName, MEDIA_MARK } from './asked.js';
import { literal, textLiteral, type Words } from './literal.js';

const WORDS: Words = {
  true: 'true',
  false: 'false',
  null: 'null',
  key: (name) => (/^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : `[${textLiteral(name)}]`),
};

/** How `InferenceClient` is asked for a task. */
interface Method {
  readonly name: string;
  /** Where the file goes, as it takes it. */
  readonly media?: 'data' | 'inputs' | 'image';
  /** Renames what it calls otherwise than the API. */
  readonly inputs?: (inputs: Readonly<Record<string, unknown>>) => unknown;
  /** Whether it sends parameters along with a file. */
  readonly dropsParameters?: boolean;
}

/** Methods of @huggingface/inference 4 by pipeline tag; other tasks are asked with `fetch`. */
const METHODS: Readonly<Record<string, Method>> = {
  'text-classification': { name: 'textClassification' },
  'token-classification': { name: 'tokenClassification' },
  'fill-mask': { name: 'fillMask' },
  'question-answering': { name: 'questionAnswering' },
  'table-question-answering': { name: 'tableQuestionAnswering' },
  summarization: { name: 'summarization' },
  translation: { name: 'translation' },
  'text-generation': { name: 'textGeneration' },
  'zero-shot-classification': { name: 'zeroShotClassification' },
  'sentence-similarity': { name: 'sentenceSimilarity' },
  'feature-extraction': { name: 'featureExtraction' },
  'tabular-regression': { name: 'tabularRegression' },
  'tabular-classification': { name: 'tabularClassification' },
  'audio-classification': { name: 'audioClassification', media: 'data', dropsParameters: true },
  'automatic-speech-recognition': {
    name: 'automaticSpeechRecognition',
    media: 'data',
    dropsParameters: true,
  },
  'audio-to-audio': { name: 'audioToAudio', media: 'data', dropsParameters: true },
  'image-classification': { name: 'imageClassification', media: 'data', dropsParameters: true },
  'image-segmentation': { name: 'imageSegmentation', media: 'inputs' },
  'object-detection': { name: 'objectDetection', media: 'data', dropsParameters: true },
  'image-to-text': { name: 'imageToText', media: 'data', dropsParameters: true },
  'image-to-image': { name: 'imageToImage', media: 'inputs' },
  'zero-shot-image-classification': { name: 'zeroShotImageClassification', media: 'image' },
  'document-question-answering': { name: 'documentQuestionAnswering', media: 'image' },
  'visual-question-answering': { name: 'visualQuestionAnswering', media: 'image' },
  'text-to-image': { name: 'textToImage' },
  'text-to-speech': { name: 'textToSpeech' },
};

/** The request as a module of JavaScript for Node 20 or newer. */
export function javascriptSnippet(asked: Asked): string {
  const { form, request, parameters } = asked;
  const method = Object.hasOwn(METHODS, form.tag) ? METHODS[form.tag] : undefined;
  const lost =
    method?.dropsParameters === true && request.kind === 'json' && Object.keys(parameters).length > 0;
  return method === undefined || lost ? withFetch(asked) : withClient(asked, method);
}

function withClient(asked: Asked, method: Method): string {
  const { url, request, parameters, token } = asked;
  const { name, media } = method;
  const inputs =
    request.kind === 'bytes'
      ? undefined
      : (request.body(MEDIA_MARK).inputs as Readonly<Record<string, unknown>>);
  const argument = {
    endpointUrl: url,
    ...(media === undefined
      ? { inputs }
      : media === 'image'
        ? { inputs: { ...(typeof inputs === 'object' ? inputs : {}), image: MEDIA_MARK } }
        : { [media]: MEDIA_MARK }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  };
  const file = media !== undefined;
  const made = answerFile(asked);
  return [
    ...(file || made !== null ? [fileImport(file, made !== null)] : []),
    `import { InferenceClient } from '@huggingface/inference';`,
    '',
    `const client = new InferenceClient(${token ? 'process.env.TOKEN' : ''});`,
    ...(file ? [`const file = new Blob([await readFile(${textLiteral(fileName(asked))})]);`] : []),
    `const answer = await client.${name}(${literal(argument, WORDS, '', { [MEDIA_MARK]: 'file' })});`,
    ...shown(made),
  ].join('\n');
}

function withFetch(asked: Asked): string {
  const { url, request, token } = asked;
  const made = answerFile(asked);
  const headers = {
    ...(token ? { authorization: TOKEN_MARK } : {}),
    'x-wait-for-model': 'true',
    ...(request.kind === 'json' ? { 'content-type': 'application/json' } : {}),
  };
  const codes = { [MEDIA_MARK]: 'file', [TOKEN_MARK]: "'Bearer ' + process.env.TOKEN" };
  const file = request.media !== null;
  const body =
    request.kind === 'bytes'
      ? 'file'
      : `JSON.stringify(${literal(request.body(MEDIA_MARK), WORDS, '  ', codes)})`;
  const encoding = request.kind === 'bytes' ? '' : `, 'base64'`;
  return [
    ...(file || made !== null ? [fileImport(file, made !== null), ''] : []),
    ...(file ? [`const file = await readFile(${textLiteral(fileName(asked))}${encoding});`] : []),
    `const response = await fetch(${textLiteral(url)}, {`,
    `  method: 'POST',`,
    `  headers: ${literal(headers, WORDS, '  ', codes)},`,
    `  body: ${body},`,
    '});',
    `if (!response.ok) throw new Error(await response.text());`,
    made === null ? 'const answer = await response.json();' : 'const answer = await response.blob();',
    ...shown(made),
  ].join('\n');
}

const TOKEN_MARK = '\u{10ffff}token\u{10ffff}';

/** A conversation as a module of JavaScript, which prints the answer as it is written. */
export function javascriptChatSnippet({ url, messages, parameters, token }: AskedChat): string {
  return [
    `import { InferenceClient } from '@huggingface/inference';`,
    '',
    `const client = new InferenceClient(${token ? 'process.env.TOKEN' : ''});`,
    `const stream = client.chatCompletionStream(${literal({ endpointUrl: url, messages, ...parameters }, WORDS)});`,
    'for await (const { choices } of stream) {',
    `  process.stdout.write(choices[0]?.delta.content ?? '');`,
    '}',
  ].join('\n');
}

function fileImport(reads: boolean, writes: boolean): string {
  const names = [...(reads ? ['readFile'] : []), ...(writes ? ['writeFile'] : [])];
  return `import { ${names.join(', ')} } from 'node:fs/promises';`;
}

function shown(made: string | null): readonly string[] {
  return made === null
    ? ['console.log(answer);']
    : [`await writeFile('${made}', Buffer.from(await answer.arrayBuffer()));`];
}

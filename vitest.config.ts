import { defineConfig } from 'vitest/config';

/** A file for the results as JSON, beside what is printed; `.ci/run` reads its counts. */
const json = process.env.VALIDATE_CARD_TEST_JSON;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for child processes: a machine with two cores has time for two of them.
    maxWorkers: 2,
    globalSetup: 'test/child-built.ts',
    setupFiles: 'test/use-built-child.ts',
    // Child processes, model runs and installs take their time on a small machine; a hang still ends.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // What is waited for comes when it does: one second is too little while other tests have the processors.
    expect: { poll: { timeout: 30_000 } },
    // Bare runs of onnxruntime in tests report to nobody either.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // A missing snapshot fails, here as in CI; `npx vitest run -u` writes it.
    update: 'none',
    reporters: json === undefined ? ['default'] : ['default', ['json', { outputFile: json }]],
  },
});

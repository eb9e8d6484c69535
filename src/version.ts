/** Name and version of this package; a test keeps them equal to package.json. */
export const TOOL = { name: 'validate-model-card', version: '0.1.0' } as const;

import { inject, vi } from 'vitest';

const builtChild = inject('builtChild');

// Tests run the sources, beside which there is only the source of the child.
if (builtChild !== null) {
  vi.doMock('../src/smoke/child-script.js', async () => {
    const { NODE_OPTIONS } = await import('../src/smoke/spawn-child.js');
    return { childScript: () => ({ script: builtChild, nodeOptions: NODE_OPTIONS }) };
  });
}

/** For tests that hold what is promised against the clock: a machine that does much else has two more tries. */
export const BY_THE_CLOCK = { retry: 2 } as const;

/**
 * Error rate of each test that may block, over the experiment's whole life: the split test and the pre-period test
 * together block at most 1% of sound experiments.
 */
export const lifetimeAlpha = 0.005;

/** p-value under which a test that is repeated every night without correction warns. */
export const warningAlpha = 0.001;

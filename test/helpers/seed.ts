import fc from 'fast-check';

/**
 * Properties draw from one seed, so that a run can be repeated and a change is judged by its own
 * merits; `ROLLCALL_SEED=random` draws anew each time, and `ROLLCALL_SEED=N` repeats what a failure
 * printed.
 */
const told = process.env['ROLLCALL_SEED'] ?? '20260301';
if (told !== 'random') fc.configureGlobal({ seed: Number(told) });

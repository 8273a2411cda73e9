/**
 * The system's clock, as epoch milliseconds. This is the one place that reads it: whoever asks for
 * the time otherwise is handed it, so that tests and `--now` settle it.
 */
export function readClock(): number {
  return Date.now();
}

/**
 * The sum with compensated rounding errors (Kahan, Babuška, Neumaier), as SQLite's `sum()` has it
 * since 3.43; infinities add up as in IEEE 754, including NaN.
 */
export function compensatedSum(numbers: Iterable<number>): number {
  let sum = 0;
  let error = 0;
  for (const number of numbers) {
    const next = sum + number;
    error += Math.abs(sum) > Math.abs(number) ? sum - next + number : number - next + sum;
    sum = next;
  }
  return Number.isFinite(error) ? sum + error : sum;
}

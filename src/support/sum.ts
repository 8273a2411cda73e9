/**
 * The sum with its rounding errors carried along (Kahan, Babuška, Neumaier), as SQLite's `sum()`
 * has done since 3.43; infinities add up as IEEE says, NaN included.
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

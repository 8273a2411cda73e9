import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { isRejectColumn } from './reject-lines.ts';

/**
 * The positions of the columns with this name, in any case if none has it as it is written.
 * `UserError` (2) when the header has no such column.
 */
export function positionsOf(header: readonly string[], name: string, option: string): number[] {
  const wanted = name.trim().normalize();
  const same = (fits: (column: string) => boolean): number[] =>
    header.flatMap((column, position) => (fits(column.normalize()) ? [position] : []));
  const exact = same((column) => column === wanted);
  const positions =
    exact.length > 0
      ? exact
      : same((column) => column !== '' && column.toLowerCase() === wanted.toLowerCase());
  if (positions.length > 0) return positions;
  const [near] = nearest(name, header);
  throw new UserError('UNKNOWN_COLUMN', EXIT.usage, `unknown column \`${name}\` in ${option}`, {
    hint:
      near === undefined ? `the columns are ${columnList(header)}` : `did you mean \`${near}\`?`,
  });
}

/** The names in a message. */
export function columnList(header: readonly string[]): string {
  const named = header
    .filter((column) => column !== '' && !isRejectColumn(column))
    .map((column) => `\`${column}\``);
  return named.length > 12 ? `${named.slice(0, 12).join(', ')}, …` : named.join(', ');
}

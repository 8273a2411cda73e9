import { EXIT, UserError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';
import { parseConsentTarget } from '../consent/target.ts';
import { loosely } from '../loosely.ts';
import type { ColumnReading, ColumnRule, Preset } from './preset.ts';
import { PRESETS } from './presets.ts';

/** Reads no file as that of a known system. */
const NONE = 'none';

/**
 * The system whose file this is: the one that `given` names, else the one of whose signs the header
 * has most. `UserError` (2): an unknown name.
 */
export function findPreset(
  header: readonly string[],
  given: string | undefined,
): Preset | undefined {
  if (given === NONE) return undefined;
  if (given !== undefined) return getPreset(given);
  const columns = new Set(header.map((column) => column.trim()));
  const ranked = PRESETS.map((preset) => ({ preset, signs: signsIn(preset, columns) })).filter(
    ({ signs }) => signs > 0,
  );
  return ranked.sort((a, b) => b.signs - a.signs)[0]?.preset;
}

/** How many signs the form has that is told by most of those in the header; 0 if none is. */
function signsIn({ forms }: Preset, columns: ReadonlySet<string>): number {
  const told = forms.filter(({ signs }) => signs.every((sign) => columns.has(sign)));
  return Math.max(0, ...told.map(({ signs }) => signs.length));
}

/** Whether this is the header of a system that may write lines before it. */
export function isBehindPreamble(header: readonly string[]): boolean {
  return findPreset(header, undefined)?.preamble === true;
}

/** `UserError` (2): a preset that there is not. */
export function requirePreset(given: string | undefined): void {
  if (given !== undefined && given !== NONE) getPreset(given);
}

function getPreset(name: string): Preset {
  const preset = PRESETS.find((known) => known.name === name.toLowerCase());
  if (preset !== undefined) return preset;
  const names = [...PRESETS.map((known) => known.name), NONE];
  const [near] = nearest(name, names);
  throw new UserError('UNKNOWN_PRESET', EXIT.usage, `unknown preset \`${name}\``, {
    hint: near === undefined ? `the presets are ${names.join(', ')}` : `did you mean \`${near}\`?`,
  });
}

/** What the system means by a column; undefined for one that it does not always have. */
export function ruleFor(preset: Preset | undefined, column: string): ColumnRule | undefined {
  if (preset === undefined) return undefined;
  const wanted = loosely(column);
  const [, rule] =
    Object.entries(preset.columns).find(([name]) => loosely(name) === wanted) ??
    preset.like?.find(([pattern]) => pattern.test(column)) ??
    [];
  return rule;
}

export function readingOf(rule: string | ColumnReading): ColumnReading {
  return typeof rule === 'string' ? { to: rule } : rule;
}

/** How `--map` reads a column that says in some system who must not be reached. */
export function consentInPresets(column: string): string | undefined {
  for (const preset of PRESETS) {
    const rule = ruleFor(preset, column);
    if (rule === undefined || rule === null) continue;
    const { to } = readingOf(rule);
    if (parseConsentTarget(to) !== undefined) return to;
  }
  return undefined;
}

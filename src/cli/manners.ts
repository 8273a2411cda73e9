import { COLOUR_CHOICES, type ColourChoice } from './output/colour.ts';

/** How an error is to be shown. */
export interface Manners {
  readonly json: boolean;
  readonly verbosity: number;
  readonly colour: ColourChoice;
  /** The store that `--db` names, which commands in its hint are about. */
  readonly db: string | undefined;
}

/**
 * Reads the manners off the arguments without parsing them, so that an error in the arguments has
 * them too.
 */
export function mannersOf(argv: readonly string[]): Manners {
  const end = argv.indexOf('--');
  const tokens = end === -1 ? argv : argv.slice(0, end);
  const format = valueOf('--format', tokens);
  const colour = valueOf('--color', tokens);
  return {
    json: tokens.includes('--json') || format === 'json' || format === 'ndjson',
    verbosity:
      tokens.filter((token) => token === '--verbose').length +
      tokens.reduce(
        (sum, token) => sum + (/^-[qnyv]+$/.test(token) ? token.split('v').length - 1 : 0),
        0,
      ),
    colour: COLOUR_CHOICES.find((choice) => choice === colour) ?? 'auto',
    db: valueOf('--db', tokens),
  };
}

function valueOf(name: string, tokens: readonly string[]): string | undefined {
  const index = tokens.indexOf(name);
  return index === -1
    ? tokens.find((token) => token.startsWith(`${name}=`))?.slice(name.length + 1)
    : tokens[index + 1];
}

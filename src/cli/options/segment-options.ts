import { isBlankFilter } from '../../filter/index.ts';
import type { SegmentOptions } from '../../segment/definition.ts';
import type { Context } from '../context.ts';
import { filterText } from '../routines/input.ts';
import { type Option, toggle, usage, value } from './options.ts';
import { choice, text } from './values.ts';

/** What `segments:create` and `segments:edit` share. */
export const segmentOptions = {
  alias: value('--alias <alias>', 'how commands and filters name it (else made of the name)', text),
  where: value(
    '--where <filter>',
    'who belongs to it; - reads the filter from stdin, @FILE from a file',
    text,
  ),
  description: value('-d, --description <text>', 'what it is for', text),
  category: value('--category <category>', 'a word to sort segments by', text),
  owner: value('--owner <owner>', 'who is responsible for it', text),
  published: toggle(
    '--published',
    '--unpublished',
    'whether updates keep it true and others may use it',
  ),
  public: toggle('--public', '--no-public', 'whether campaign, form and points actions may use it'),
  preferenceCenter: toggle(
    '--preference-center',
    '--no-preference-center',
    'whether contacts may choose it in the preference centre',
  ),
  publicName: value('--public-name <name>', 'its name in the preference centre', text),
  manual: value(
    '--manual <rule>',
    'allow or forbid changes by hand to a dynamic segment',
    choice(['allow', 'forbid']),
  ),
} as const;

type Values = {
  readonly [Name in keyof typeof segmentOptions]: (typeof segmentOptions)[Name] extends Option<
    infer T
  >
    ? T
    : never;
};

/** The options as the service takes them, the filter read from where it stands. */
export async function readSegmentOptions(
  context: Context,
  values: Values,
): Promise<SegmentOptions> {
  const { alias, description, category, owner, published, preferenceCenter, publicName, manual } =
    values;
  const where = values.where === undefined ? undefined : await filterText(context, values.where);
  if (where !== undefined && isBlankFilter(where) && values.where !== '')
    throw usage('the filter is empty', 'write a condition, for example: country = "FR"');
  return {
    alias,
    where,
    description,
    category,
    owner,
    published,
    public: values.public,
    preferenceCenter,
    publicName,
    manual,
  };
}

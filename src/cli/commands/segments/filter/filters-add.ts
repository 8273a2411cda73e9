import { savingOf } from '../../../../segment/action.ts';
import { addCondition, type NewCondition } from '../../../../segment/filters.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn, type Context } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { filterText } from '../../../routines/input.ts';
import { argument, usage, value, valueOr, values } from '../../../options/options.ts';
import { noteOption } from '../../../options/segment-options.ts';
import { choice, text } from '../../../options/values.ts';
import { filterResult } from '../../../views/filter.ts';

const OPERATORS =
  "one of Mautic's codes such as gte or !empty, with its meaning there; or an operator of the " +
  'language that Mautic has not';

export default defineCommand({
  name: 'segments:filters:add',
  description:
    'Adds a condition to a filter, as a field, an operator and values, or as text with ' +
    '--where. `and` joins the last group, ' +
    '`or` begins another: a and b or c means (a and b) or c. On a static segment the filter ' +
    'sleeps.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    field: value('--field <field>', 'the field to test', text),
    operator: value('--operator <operator>', OPERATORS, text),
    value: values('--value <value>', 'what to compare with', text),
    where: value(
      '--where <filter>',
      'any condition as text; - reads it from stdin, @FILE from a file',
      text,
    ),
    glue: valueOr('--glue <word>', 'and or or; default and', choice(['and', 'or']), 'and'),
    ...noteOption,
  },
  examples: [
    'rollcall segments:filters:add hot --field country --operator in --value FR --value BE --db crm.db',
    "rollcall segments:filters:add hot --glue or --where 'points > 500' --db crm.db",
  ],
  exitCodes: [EXIT.refused, EXIT.noInput],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference }, { glue, note, ...options }) => {
    const condition = await conditionOf(context, options);
    return context.store.write(async (tx) => {
      const warnings = await addCondition(
        tx,
        await getSegment(tx, reference),
        condition,
        glue,
        savingOf(actionIn(tx, context), note),
      );
      return filterResult(tx, reference, warnings);
    });
  },
});

async function conditionOf(
  context: Context,
  {
    field,
    operator,
    value: given,
    where,
  }: {
    readonly field: string | undefined;
    readonly operator: string | undefined;
    readonly value: readonly string[];
    readonly where: string | undefined;
  },
): Promise<NewCondition> {
  if (where !== undefined) {
    if (field !== undefined || operator !== undefined || given.length > 0)
      throw usage(
        '`--where` stands alone',
        'leave --field, --operator and --value out, or --where',
      );
    return { where: await filterText(context, where) };
  }
  if (field === undefined || operator === undefined)
    throw usage('a condition is missing', 'give --field, --operator and --value, or --where');
  return { field, operator, values: given };
}

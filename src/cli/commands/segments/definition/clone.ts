import { cloneSegment } from '../../../../segment/copies.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, value } from '../../../options/options.ts';
import { noteOption } from '../../../options/segment-options.ts';
import { text } from '../../../options/values.ts';
import { definedResult } from '../../../views/defined-segment.ts';

export default defineCommand({
  name: 'segments:clone',
  description:
    'Makes a segment with the filter and options of another, unpublished and without members.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    name: argument('name', 'the name of the new one', text),
  },
  options: {
    alias: value(
      '--alias <alias>',
      'how commands and filters name it (else made of the name)',
      text,
    ),
    ...noteOption,
  },
  examples: ['rollcall segments:clone hot "Hot leads, second try" --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference, name }, { alias, note }) => {
    const made = await context.store.write(async (tx) =>
      cloneSegment(
        tx,
        await getSegment(tx, reference),
        { name, alias, note },
        actionIn(tx, context),
      ),
    );
    const { kind, id } = made;
    const news = `made ${kind} segment ${made.alias} (id ${id}) like ${reference}; it is unpublished`;
    return definedResult(made, news, undefined);
  },
});

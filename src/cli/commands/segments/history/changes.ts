import { defineCommand } from '../../../define-command.ts';
import { changesOptions, changesSince } from '../../../routines/changes.ts';
import { restArguments } from '../../../options/options.ts';
import { EXIT } from '../../../../support/errors.ts';
import { text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:changes',
  description:
    'Prints who joined and left segments since a cursor, in the order in which it was committed: ' +
    'a JSON object a line, each with the cursor behind it. The last line has the cursor alone, ' +
    'also when nothing changed.',
  arguments: {
    segments: restArguments('segments', 'aliases or ids; all segments when left out', text),
  },
  options: changesOptions,
  examples: [
    'rollcall segments:changes --since start --db crm.db',
    'rollcall segments:changes hot newsletter --cursor-file hot.cursor --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.badInput, EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'ndjson',
  run: async (context, { segments }, options) => changesSince(context, segments, options),
});

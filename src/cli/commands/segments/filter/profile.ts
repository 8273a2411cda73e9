import { getSegment } from '../../../../segment/lookup.ts';
import { profileSegment } from '../../../../segment/profile.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { profileResult } from '../../../views/profile.ts';

export default defineCommand({
  name: 'segments:profile',
  description:
    'Shows where the time of a filter goes: for each condition how many contacts it holds ' +
    'for, how long finding them all takes, and by which index; ' +
    'then the full build, lists by the same filter, what the next update would look at, and ' +
    'the last runs. An index is advised where one was tried and made lists at least twice as ' +
    'fast. ' +
    'Nothing is changed. -v adds the statement and its plan.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: [
    'rollcall segments:profile hot --db crm.db',
    'rollcall segments:profile hot -v --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store, now, progress, ...context }, { segment: reference }) => {
    const profile = await progress('measuring', async () =>
      store.read(async (tx) => profileSegment(tx, await getSegment(tx, reference), now)),
    );
    return profileResult(profile, context);
  },
});

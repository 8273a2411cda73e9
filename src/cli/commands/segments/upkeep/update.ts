import { oddNamesOfSegments } from '../../../../segment/odd-filters.ts';
import { defineCommand } from '../../../define-command.ts';
import { EXIT } from '../../../../support/errors.ts';
import { restArguments } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { namesOfMoving } from '../../../views/moving-names.ts';
import { hookOf, lockOf, requestOf, updateOptions } from '../../../options/update-options.ts';
import { updateWatched } from '../../../routines/watched-update.ts';
import { skippedData, updateResult } from '../../../views/update-report.ts';

export default defineCommand({
  name: 'segments:update',
  description:
    'Makes every published dynamic segment true as of one instant, or the named ones and ' +
    'those that their filters refer to. ' +
    'A segment that fails keeps its members and the others go on. Made for crontab: it prints ' +
    'one line, with -q nothing unless something failed or was held.',
  arguments: { segments: restArguments('segment', 'an alias or id; none means all', text) },
  options: updateOptions,
  examples: [
    'rollcall segments:update --db crm.db',
    'rollcall segments:update hot newsletter-readers -v --db crm.db',
    'rollcall segments:update --dry-run --db crm.db',
    "rollcall segments:update --on-change 'timeout 60 ./sync-crm' --db crm.db",
    'rollcall segments:update -q --if-locked skip --max-shrink 20% --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.finding, EXIT.locked],
  store: 'open',
  lock: lockOf,
  skippedData,
  result: 'message',
  run: async (context, { segments }, options) => {
    hookOf(options); // what makes no sense is refused before anything is done
    const request = requestOf(segments, options, context);
    const report = await updateWatched(context, request);
    const names = options.dryRun
      ? await context.store.read(async (tx) => namesOfMoving(tx, report))
      : [];
    const ids = report.reports.map(({ segmentId }) => segmentId);
    const oddNames =
      context.verbosity > 0
        ? await context.store.read(async (tx) => oddNamesOfSegments(tx, ids))
        : [];
    return updateResult(report, {
      verbosity: context.verbosity,
      timing: options.timing,
      names,
      oddNames,
    });
  },
  afterwards: async (context, found, options) => {
    const hook = hookOf(options);
    if (hook === undefined || found.kind === 'raw') return found;
    const { thenTell } = await import('../../../routines/on-change.ts');
    return thenTell(context, hook, found);
  },
});

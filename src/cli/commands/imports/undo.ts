import { getImport } from '../../../csv/imports.ts';
import { undoImport } from '../../../csv/undo.ts';
import { EXIT } from '../../../support/errors.ts';
import type { StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { importArgument } from '../../options/import-options.ts';
import { flag } from '../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import type { MessageResult } from '../../output/result.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { undoResult } from '../../views/undo-report.ts';

export default defineCommand({
  name: 'imports:undo',
  description:
    'Takes an import back, after asking: ends the memberships and pins that it began, takes back ' +
    'the leaves, tags and overridden removals that it caused, and deletes the contacts, companies ' +
    'and events that it made and that nothing else has touched since. Suppressions stay, and who ' +
    'must not be reached is not deleted. Values that it overwrote are gone.',
  arguments: { import: importArgument },
  options: {
    dryRun: flag('--dry-run', 'count what would be taken back, and do nothing'),
    ...updateAfterOption,
  },
  examples: [
    'rollcall imports:undo last --dry-run --db crm.db',
    'rollcall imports:undo 12 --yes --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { import: reference }, { dryRun, update }) =>
    thenUpdate(context, { update, dryRun }, async () =>
      takeBack(context, reference, { isDry: dryRun, isUpdated: update }),
    ),
});

async function takeBack(
  { store, by, confirm }: StoreContext,
  reference: string,
  course: { readonly isDry: boolean; readonly isUpdated: boolean },
): Promise<MessageResult> {
  const { id, file } = await store.read(async (tx) => getImport(tx, reference));
  // the newest may be another one once the answer is there
  const undo = async (dry: boolean) => undoImport(store, String(id), { by, isDry: dry });
  if (course.isDry) return undoResult(await undo(true), course);
  await confirm(`take import ${id} of ${file} back?`);
  return undoResult(await undo(false), course);
}

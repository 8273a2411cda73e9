import { countAudit, listAudit } from '../../../segment/audit.ts';
import { defineCommand } from '../../define-command.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { value } from '../../options/options.ts';
import { nonEmptyText, text } from '../../options/values.ts';
import { rows } from '../../output/result.ts';
import { auditColumns } from '../../views/audit-columns.ts';
import { countResult } from '../../views/count.ts';
import { emptyList } from '../../views/empty-list.ts';
import { listFooter } from '../../views/list-footer.ts';

export default defineCommand({
  name: 'audit:list',
  description:
    'Lists who did what to definitions, decisions, consent and people, when, and by which command, ' +
    'newest first; --after an entry come older ones. It is kept as settings:set keep-audit says.',
  arguments: {},
  options: {
    object: value(
      '--object <object>',
      'only what was done to this: segment, contact, address, field, setting, import, trigger or ' +
        'store, or one by its id, segment:12; a segment or trigger also by its alias or name, hot',
      text,
    ),
    by: value(
      '--by <name>',
      'only what this person did, or what was done in their name',
      nonEmptyText,
    ),
    since: value(
      '--since <instant>',
      'only at or after: an instant, yesterday, 10 minutes ago',
      text,
    ),
    ...listOptions(),
  },
  examples: [
    'rollcall audit:list --limit 20 --db crm.db',
    'rollcall audit:list --object segment:3 --since yesterday --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, now, format }, _, { count, ...request }) => {
    requireListSense({ ...request, count }, format);
    if (count) return countResult('entries', await countAudit(store, request, now));
    const { entries, isCut } = await listAudit(store, request, now);
    const beyond = isCut ? CUT : '';
    const footer = listFooter(request, 'entry', 'entries');
    return rows({
      rows: entries,
      columns: auditColumns(format),
      id: (entry) => entry.id,
      empty: `${emptyList('entries', request)}${beyond}`,
      footer: (listed) => `${footer(listed)}${beyond}`,
    });
  },
});

const CUT = '; what is older than keep-audit says is kept no longer';

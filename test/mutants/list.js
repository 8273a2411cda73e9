import { OPERATOR_SLIPS } from './operators.js';
import { TRANSLATION_SLIPS } from './translation.js';

/**
 * The rules of an update by what changed, each with a way to take it out of the source: below the mark `// rule: NAME`
 * in `file`, what `find` says is replaced. `mark` is the name in the mark, where it is not that of the rule. Each of
 * `more` has a mark of the same name above it. With the rule out, one of the tests in `tests` (paths under test/) must fail.
 */
const REMOVALS = 'segment/removals.test.ts';
const RULES = 'segment/update-rules.test.ts';
const OPTIONS = 'segment/update-options.test.ts';
const VERIFY = 'segment/verify.test.ts';
const CAPTURE = 'store/capture.test.ts';
const PORT = 'store/sqlite.test.ts';
const SCANS = 'segment/update-scans.test.ts';
const CHANGES = 'store/changes.test.ts';
const ASPECTS = 'store/aspects.test.ts';
const BEHIND = 'store/deleted-behind.test.ts';
const REACH = 'store/reach.test.ts';
const NAMES = 'store/names/names.test.ts';
const BACKUP = 'store/backup.test.ts';
const GUARD = 'store/file-guard.test.ts';

const ahead = 'src/segment/update/ahead.ts';
const backup = 'src/store/sqlite/backup/backup.ts';
const guard = 'src/store/sqlite/file-guard.ts';
const store = 'src/store/sqlite/sqlite-store.ts';
const aspects = 'src/store/sqlite/aspects.ts';
const candidates = 'src/store/sqlite/candidates.ts';
const capture = 'src/store/sqlite/capture.ts';
const changes = 'src/store/sqlite/changes.ts';
const crossings = 'src/filter/crossings.ts';
const dependencies = 'src/filter/dependencies.ts';
const difference = 'src/store/sqlite/difference.ts';
const decide = 'src/store/sqlite/decide.ts';
const gone = 'src/store/sqlite/memberships-of-contacts.ts';
const layOut = 'src/store/sqlite/lay-out.ts';
const shares = 'src/segment/update/shares.ts';
const shareOut = 'src/segment/update/lay-out.ts';
const wave = 'src/segment/update/wave.ts';
const build = 'src/segment/update/build.ts';
const guards = 'src/segment/update/guards.ts';
const conversion = 'src/segment/conversion.ts';
const decisions = 'src/segment/members.ts';
const removals = 'src/segment/removals.ts';
const via = 'src/segment/via.ts';
const due = 'src/segment/update/due.ts';
const importConsent = 'src/store/sqlite/import-consent.ts';
const suppressions = 'src/store/sqlite/suppressions.ts';
const pins = 'src/store/sqlite/pins.ts';
const plan = 'src/segment/update/plan.ts';
const one = 'src/segment/update/update-wave.ts';
const record = 'src/segment/update/record.ts';
const run = 'src/segment/update/run.ts';
const scope = 'src/segment/update/scope.ts';
const segments = 'src/store/sqlite/segments.ts';
const verify = 'src/segment/update/verify.ts';

/**
 * @typedef {{ readonly find: string, readonly replace: string }} Edit
 * @typedef {Edit & { readonly name: string, readonly mark?: string, readonly rule: string, readonly file: string, readonly more?: readonly Edit[], readonly tests: readonly string[], readonly only?: string }} Mutant
 */

/** @type {readonly Mutant[]} */
export const MUTANTS = [
  // ids within reach, and names
  {
    name: 'reach', rule: 'nobody reaches records while ids are out of reach', file: 'src/store/sqlite/reach.ts',
    find: 'if (found !== undefined) throw', replace: 'if (found === null) throw', tests: [REACH],
  },
  {
    name: 'reach-again', rule: 'it is asked again after others wrote', file: 'src/store/sqlite/reach.ts',
    find: 'if (version === checked) return;', replace: 'if (checked !== undefined) return;', tests: [REACH],
  },
  {
    name: 'reach-segments', rule: 'nor segments', file: segments,
    find: "withinReach(db, 'segments.id', row.id)", replace: 'row.id', tests: [REACH],
  },
  {
    name: 'keys-rise', rule: 'a walk ends where a key does not go on', file: 'src/support/by-key.ts',
    find: 'if (goesOn && Number.isSafeInteger(key)) return key;', replace: 'return key;', tests: ['support/by-key.test.ts'],
  },
  {
    name: 'names-true', rule: 'truth is no name', file: 'src/store/sqlite/records.ts',
    find: 'parts.length === 0 ? sql`1`', replace: 'parts.length === 0 ? sql`true`', tests: [NAMES], only: 'change nothing',
  },
  {
    name: 'names-capture', rule: 'triggers qualify names', file: capture,
    find: "select capture.epoch, '${kind}'", replace: "select epoch, '${kind}'", tests: [NAMES], only: 'change nothing',
  },
  // order
  { name: 'seen-late', rule: 'seen is what the transaction read that built', file: build, find: 'const seen = await tx.changes.watermark();', replace: 'const seen = (await tx.changes.watermark()) + 1;', tests: [RULES] },
  { name: 'seen-exclusive', rule: 'the epoch of seen itself is not seen yet', file: candidates, find: 'where epoch >= ${since} and (', replace: 'where epoch > ${since} and (', tests: [RULES] },
  // retention
  { name: 'log-reaches', rule: 'delta only where the log reaches back', file: plan, find: "if (!(await tx.changes.reachesBack(seen, [needs]))) return", replace: "if (Number.isNaN(await tx.changes.reachesBack(seen, [needs]))) return", tests: [RULES] },
  { name: 'log-pruned', rule: 'the log is kept for who has not seen it', file: changes, find: 'const before = tooLong || seen === null ?', replace: 'const before = tooLong || seen !== undefined ?', tests: [RULES] },
  { name: 'bulk-forgotten', rule: 'a bulk load is forgotten about', file: capture, find: "db.run(sql`update capture set bulk = 0`);\n  forgetChanges(db);", replace: 'db.run(sql`update capture set bulk = 0`);', tests: [RULES] },
  { name: 'bulk-epoch', rule: 'members that changed unlogged make readers full', file: difference, find: 'if (wholesale.length > 0) db.run(', replace: 'if (wholesale.length < 0) db.run(', tests: [RULES] },
  { name: 'bulk-seen', rule: 'readers look at it', file: plan, find: 'other.bulkAt >= seen', replace: 'other.bulkAt > Number.MAX_VALUE', tests: [RULES] },
  { name: 'log-length', rule: 'a log too long is dropped', file: changes, find: 'const tooLong = length > LONGEST_LOG', replace: 'const tooLong = length < 0', tests: [CHANGES] },
  // meaning
  { name: 'fingerprint', rule: 'delta only where the filter means the same', file: plan, find: 'segment.fingerprint !== fingerprint', replace: 'segment.fingerprint === undefined', tests: [RULES] },
  { name: 'fingerprint-types', rule: 'types of the fields it uses are of its meaning', file: 'src/segment/update/fingerprint.ts', find: '[id, object, column, type]', replace: '[id, object, column]', tests: [RULES] },
  { name: 'conversion', rule: 'after a conversion everything is decided anew', file: segments, find: 'set seen_epoch = null, fingerprint = null\n    where id = ${id} and (kind <> ${kind} or', replace: 'set seen_epoch = null, fingerprint = null\n    where id = ${id} and (', tests: [RULES] },
  // atomic, total
  { name: 'atomic', rule: 'a transaction is kept whole, or nothing of it', file: 'src/store/sqlite/sqlite-store.ts', find: "raw.exec('rollback')", replace: "raw.exec('commit')", tests: [PORT] },
  { name: 'atomic-build', rule: 'a build that fails leaves nothing', file: 'src/store/sqlite/transaction.ts', find: "'rollback to nested; release nested'", replace: "'release nested'", tests: [RULES] },
  { name: 'total', rule: 'no row raises', file: 'src/support/properties.ts', find: '  } catch {\n    return {};', replace: '  } catch (error) {\n    throw error;', tests: [RULES] },
  // capture
  { name: 'exists-nominates', rule: 'new and deleted contacts are candidates of every segment', file: candidates, find: "kind in ('exists', 'profile',", replace: "kind in ('profile',", tests: [RULES] },
  { name: 'replace', rule: 'rows that REPLACE removes are logged before', file: capture, find: 'if (keys.length === 0) return [];', replace: 'if (keys.length >= 0) return [];', tests: [RULES] },
  { name: 'replace-update', rule: 'by an update of any of the keys', file: capture, find: '` of ${keys.map(quoted)', replace: '` of ${keys.slice(0, 1).map(quoted)', tests: [CAPTURE] },
  { name: 'replace-rowid', rule: 'by whatever name it calls an id', file: capture, find: "keys.includes('id') ? '' : ", replace: '', tests: [CAPTURE] },
  { name: 'replace-swept', rule: 'whom it meets may be gone, and is swept', file: gone, find: "(kind = 'exists' or kind = 'profile' and epoch in (select epoch from contact_changes where epoch >= ${since} and kind = 'exists'))", replace: "kind = 'exists'", tests: [RULES] },
  { name: 'replace-nominates', rule: 'and is a candidate of every segment', file: candidates, find: 'replaced(query), ', replace: '', tests: [BEHIND] },
  { name: 'replace-unique', rule: 'by unique fields too, as they come and go', file: capture, find: "where is_unique = 1 and origin = 'custom'", replace: "where is_unique = 1 and origin = 'nobody'", tests: [RULES] },
  { name: 'on-conflict', rule: 'an outer conflict clause loses no change and fails no statement', file: capture, find: "'on conflict do nothing'", replace: "''", tests: [RULES] },
  { name: 'old-and-new', rule: 'an update logs whom the row belonged to before, too', file: capture, find: "[log(lives, 'old'), ...(", replace: "[log(lives, 'new'), ...(", tests: [RULES] },
  { name: 'moved-pins', rule: 'of a pin also in which segment', file: capture, find: 'logged.map((column) =>', replace: 'logged.slice(0, 1).map((column) =>', tests: [CAPTURE] },
  { name: 'case-only', rule: 'an edit of the case alone counts', file: capture, find: ' collate binary`', replace: '`', tests: [ASPECTS] },
  { name: 'adds-up', rule: 'what is logged again is about both', file: capture, find: 'do update set aspects = aspects | excluded.aspects', replace: 'do nothing', tests: [RULES] },
  { name: 'column-case', rule: 'by whatever case of its column', file: capture, find: 'const made = ids.get(column.toLowerCase());\n    if (made === undefined) ids.set(column.toLowerCase(), [id]);', replace: 'const made = ids.get(column);\n    if (made === undefined) ids.set(column, [id]);', tests: [RULES] },
  { name: 'type-before', rule: 'an event is about the type that it had, too', file: capture, find: "`${event('new')} | ${event('old')}`", replace: "event('new')", tests: [RULES] },
  { name: 'fields-edited', rule: 'fields that others made with SQL are captured too', file: changes, find: ' || !isCaptureWhole(db)', replace: '', tests: [CHANGES] },
  { name: 'reads-fields', rule: 'a filter is looked at again where a field of its changed', file: aspects, find: '...profile.map(fieldAspect),', replace: '', tests: [RULES] },
  { name: 'reads-events', rule: 'or an event of its types', file: aspects, find: '...eventTypes.map(eventAspect),', replace: '', tests: [RULES] },
  { name: 'reads-letters', rule: 'in whatever letters these are written', file: aspects, find: 'if (!/^[\\u{1}-\\u{7f}]+$/u.test(type)) return allEvents();', replace: '', tests: [RULES] },
  { name: 'reads-link', rule: 'or the company of a contact is another', file: aspects, find: 'COMPANY | fieldAspect(COMPANY_OF_CONTACT)', replace: 'COMPANY', tests: [RULES] },
  { name: 'reads-company', rule: 'or that company itself', file: aspects, find: 'COMPANY | fieldAspect(COMPANY_OF_CONTACT)', replace: 'fieldAspect(COMPANY_OF_CONTACT)', tests: [RULES] },
  { name: 'reads-tags', rule: 'or tags', file: aspects, find: 'tags ? TAGS : 0n', replace: '0n', tests: [RULES] },
  { name: 'reads-consent', rule: 'or consent', file: aspects, find: 'consent ? CONSENT : 0n', replace: '0n', tests: [RULES] },
  { name: 'moved-ids', rule: 'a moved id is one gone and one new', file: capture, find: "...(lives === changed ? [] : [log(lives, 'new')])", replace: '', tests: [CAPTURE] },
  ...['contacts', 'companies', 'tags', 'contact_tags', 'events', 'suppressions', 'pins'].map((table) => ({
    name: `captured-${table}`,
    mark: 'captured',
    rule: `writes to ${table} are captured`,
    file: capture,
    find: 'capturedTables(fields).flatMap((captured) => [',
    replace: `capturedTables(fields).filter(({ table }) => table !== '${table}').flatMap((captured) => [`,
    tests: [RULES],
  })),
  { name: 'schema', rule: 'DDL of others makes full builds', file: changes, find: 'select bulk <> 0 or schema_version <> (select schema_version from pragma_schema_version) from capture', replace: 'select bulk <> 0 from capture', tests: [RULES] },
  { name: 'left-off', rule: 'capture that others left switched off is switched on', file: changes, find: 'select bulk <> 0 or schema_version <>', replace: 'select schema_version <>', tests: [CHANGES] },
  { name: 'triggers-back', rule: 'triggers that others took off come back', file: changes, find: '        restoreCapture(db);\n', replace: '        noteSchema(db);\n', tests: [RULES] },
  { name: 'own-ddl', rule: 'our own DDL does not count as foreign', file: changes, find: 'if (useless.length + missing.length > 0) noteSchema(db);', replace: '', tests: [CHANGES] },
  { name: 'sweep', rule: 'who was deleted by SQL is swept from every segment', file: gone, find: 'return sweep(db, sql`select id from ${deletedContacts()}`);', replace: 'return sweep(db, sql`select id from ${deletedContacts()} where false`);', tests: [RULES] },
  { name: 'sweep-unlogged', rule: 'even when no trigger saw it', file: changes, find: '        sweepUnlogged(db);\n', replace: '', tests: [CHANGES] },
  { name: 'company-fan-out', rule: 'a company stands for those who work there', file: candidates, find: '...(reads.some(({ company }) => company) ?', replace: '...(reads.length > 99 ?', tests: [RULES] },
  { name: 'tag-fan-out', rule: 'a tag stands for those who have it', file: candidates, find: '...(reads.some(({ tags }) => tags) ?', replace: '...(reads.length > 99 ?', tests: [RULES] },
  { name: 'limit', rule: 'too many candidates make a full build', file: plan, find: 'return limit === ALWAYS_BY_CANDIDATES || (await count(limit)) > limit;', replace: 'return limit < 0;', tests: [RULES] },
  // time
  { name: 'slices', rule: 'dates that a bound passed over nominate', file: candidates, find: 'const others = slices.map(', replace: 'const others = slices.slice(0, 0).map(', tests: [RULES] },
  { name: 'slices-alone', rule: 'where they are found with the rest, too', file: candidates, find: '...query.slices.map(slice)', replace: '...query.slices.slice(0, 0).map(slice)', tests: [SCANS, PORT] },
  { name: 'backwards', rule: 'in either direction', file: crossings, find: "if (typeof a === 'number' && typeof b === 'number') return [", replace: "if (typeof a === 'number' && typeof b === 'number') return a > b ? [] : [", tests: [RULES] },
  { name: 'closed-low', rule: 'both ends included: the earlier', file: candidates, find: "case 'field':\n      return ofRecords(place.object, sql`${name(place.column)} between ${low} and ${high}`);", replace: "case 'field':\n      return ofRecords(place.object, sql`${name(place.column)} > ${low} and ${name(place.column)} <= ${high}`);", tests: [RULES] },
  { name: 'closed-high', rule: 'both ends included: the later', file: candidates, find: "case 'field':\n      return ofRecords(place.object, sql`${name(place.column)} between ${low} and ${high}`);", replace: "case 'field':\n      return ofRecords(place.object, sql`${name(place.column)} >= ${low} and ${name(place.column)} < ${high}`);", tests: [PORT], only: 'by a date in a slice' },
  { name: 'stored-bounds', rule: 'compare with the bounds that were stored, never recompute them', file: plan, find: 'crossings(before, bounds)', replace: 'crossings(resolveMoments(needs.moments, { ...time, now: segment.builtAt }), bounds)', more: [{ find: 'fingerprint, bounds }: Prepared)', replace: 'fingerprint, bounds, time }: Prepared)' }], tests: [RULES] },
  { name: 'absolute-dates', rule: 'absolute dates move with the zone', file: dependencies, find: 'return isDateTest(test) ? [{ place, test }] : [];', replace: `return isDateTest(test) && !JSON.stringify(test).includes('"kind":"day"') ? [{ place, test }] : [];`, tests: [RULES] },
  { name: 'occurred-at', rule: 'occurred_at after where is a place of dates', file: dependencies, find: 'const inside = where === null ?', replace: 'const inside = where !== undefined ?', tests: [RULES] },
  { name: 'windows', rule: 'so are windows of events', file: dependencies, find: 'const ofWindow = window === null ?', replace: 'const ofWindow = window !== undefined ?', tests: [RULES] },
  { name: 'first-last', rule: 'so is what first and last are compared with', file: dependencies, find: "...momentAt({ kind: 'events', eventType: operand.events.type }, test)]", replace: ']', tests: [RULES] },
  { name: 'company-dates', rule: 'so are fields of companies', file: candidates, find: 'select id as contact_id, ${EVERYTHING} as aspects from contacts where company_id in (select id from companies where ${condition})', replace: 'select null as contact_id, ${EVERYTHING} as aspects from companies where ${condition}', tests: [RULES] },
  { name: 'joined', rule: 'so is the beginning of memberships', file: dependencies, find: "return [{ place: { kind: 'memberships', segment: predicate.segment }, test: predicate.window }];", replace: 'return [];', tests: [RULES] },
  { name: 'anniversaries', rule: 'so are anniversaries', file: dependencies, find: "return momentAt({ kind: 'anniversary', object, field: id, column }, test);", replace: 'return [];', tests: [RULES] },
  { name: 'new-year', rule: 'an anniversary window over a new year is two slices', file: crossings, find: "    { kind: 'monthDays', place, low: '01-01', high: last },\n", replace: '', tests: [RULES] },
  { name: 'properties', rule: 'dates in properties make full builds', file: plan, find: "if (crossed.some(({ place }) => place.kind === 'properties')) return", replace: 'if (crossed.length < 0) return', tests: [RULES] },
  { name: 'event-type-case', rule: 'event types compare as filters do', file: candidates, find: 'isAscii(eventType) ?', replace: "typeof isAscii(eventType) === 'boolean' ?", tests: [RULES] },
  // segments
  { name: 'members-logged', rule: 'who reads members is told who joins and leaves', file: difference, find: 'if (oneByOne.length > 0) {', replace: 'if (oneByOne.length < 0) {', tests: [RULES] },
  { name: 'members-read', rule: 'and looks at it', file: candidates, find: "or kind = 'member' and segment_id in", replace: "or kind = 'nothing' and segment_id in", tests: [RULES] },
  { name: 'pins-read', rule: 'a change of a pin nominates', file: candidates, find: "or kind = 'pin' and", replace: "or kind = 'nothing' and", tests: [RULES] },
  { name: 'via', rule: 'via is the channel of the pin, else filter', file: difference, find: 'coalesce(pins.via, ${cause.via})', replace: '${cause.via}', tests: [RULES] },
  { name: 'via-of-standing', rule: 'of those who stay too', file: decide, find: ' or is_member and via <> through', replace: '', tests: [RULES] },
  { name: 'via-in-full', rule: 'in full builds as well', file: layOut, find: "where segment_id = ${segmentId} and via <> 'filter'", replace: "where segment_id = ${segmentId} and via = 'nothing'", tests: [RULES] },
  { name: 'read-again', rule: 'the segment is read again inside the transaction', file: wave, find: 'const segment = ground.segments.find((row) => row.id === id);', replace: 'const segment = wave.find((row) => row.id === id);', tests: [RULES] },
  { name: 'failed-seen', rule: 'a failure keeps the watermark', file: wave, find: "        fates.set(id, { kind: 'failed', error });\n", replace: "        fates.set(id, { kind: 'failed', error });\n        await tx.segments.stampBuilt([{ id, joined: 0, left: 0, seen: await tx.changes.watermark(), bounds: segment.bounds ?? '[]', fingerprint: segment.fingerprint ?? '' }], run);\n", tests: [RULES] },
  // segments that are built together
  { name: 'wave-readers', rule: 'none is built beside one that it reads', file: wave, find: 'if (segmentsReferredToBy(segment).some((id) => ids.has(id))) break;', replace: 'if (segmentsReferredToBy(segment).some((id) => ids.has(-id))) break;', tests: [RULES] },
  { name: 'wave-failure', rule: 'one that fails does not take the others along', file: one, find: 'if (only !== undefined && more.length === 0) return { fates: new Map([[only.id, { kind: \'failed\', error }]]), work: 0 };', replace: 'if (only !== undefined && more.length > -1) return { fates: new Map(wave.map(({ id }) => [id, { kind: \'failed\', error }])), work: 0 };', tests: [RULES] },
  { name: 'wave-rest', rule: 'those that a transaction did not reach are built in the next', file: run, find: 'waiting = without(waiting, reports)) {\n    const [first', replace: 'waiting = []) {\n    const [first', tests: [RULES] },
  { name: 'wave-work', rule: 'which begins after so much work', file: shareOut, find: 'if (decided.length > 0 && work >= room) break;', replace: '', more: [{ find: 'layOutShare(tx, share, terms, room - work)', replace: 'layOutShare(tx, share, terms, room * 1_000)' }], tests: [RULES] },
  { name: 'share-pins', rule: 'candidates are shared by those whose pins are as they were', file: shares, find: 'includes(segmentId) ? segmentId : null', replace: 'includes(segmentId) ? null : null', tests: [RULES] },
  { name: 'share-reads', rule: 'and counted for those that read the same', file: shares, find: 'readsKey(prepared.dependencies) + JSON', replace: 'JSON', tests: [RULES] },
  { name: 'share-segments', rule: 'and the same segments', file: shares, find: 'JSON.stringify([own, since, segments])', replace: 'JSON.stringify([own, since])', tests: [RULES] },
  { name: 'share-noted', rule: 'whatever nominates them', file: candidates, find: 'for (const source of sources) noteAspects', replace: 'for (const source of sources.slice(0, 2)) noteAspects', tests: [RULES] },
  { name: 'share-apart', rule: 'many candidates of one make no full build of another', file: shareOut, find: 'if (apart.length > 1) return', replace: 'if (apart.length < 0) return', tests: [RULES] },
  { name: 'share-since', rule: 'since the same time', file: shares, find: 'JSON.stringify([own, since, segments])', replace: 'JSON.stringify([own, segments])', tests: [RULES] },
  { name: 'share-slices', rule: 'dates are looked at for each that looks there', file: shares, find: 'JSON.stringify(query.slices)', replace: 'String(query.slices.length > 0)', tests: [RULES] },
  { name: 'share-further', rule: 'who is in a slice is decided, not only found', file: shareOut, find: 'await decide(reached, true);', replace: 'continue;', tests: [RULES] },
  { name: 'share-own', rule: 'also who is a candidate of others already', file: candidates, find: ' and ${isAbout([reads], sql`candidates.aspects`)})', replace: ')', tests: [RULES] },
  { name: 'answers-asked', rule: 'who was not asked stays', file: decide, find: ' where aspects & ${aspects})', replace: ')', tests: [RULES] },
  { name: 'answers-apart', rule: 'each segment has an answer of its own', file: decide, find: ' << ${sql.raw(String(bit))}', replace: ' << ${sql.raw(String(bit * 0))}', tests: [RULES] },
  { name: 'answers-gone', rule: 'who is no more leaves without having left', file: decide, find: 'iif(c.id is null, null, c.identified_at is null)', replace: 'c.identified_at is null', tests: ['store/deleted-behind.test.ts'] },
  { name: 'answers-groups', rule: 'however many there are', file: decide, find: 'last.length < MOST_CONDITIONS', replace: 'last.length < MOST_CONDITIONS * 9', tests: [PORT], only: 'many segments at once' },
  // what is due when a run begins
  { name: 'pins-end', rule: 'pins end', file: due, find: 'endPins(tx, segments, now);', replace: 'endPins(tx, segments, -1);', tests: [RULES] },
  { name: 'pins-end-logged', rule: 'the end of a pin is logged', file: pins, find: 'db.run(sql`delete from pins where until <= ${now}`);', replace: 'db.run(sql`update capture set bulk = 1`); db.run(sql`delete from pins where until <= ${now}`); db.run(sql`update capture set bulk = 0`);', tests: [RULES] },
  { name: 'pins-end-at', rule: 'at its instant, not behind it', file: pins, find: 'delete from pins where until <= ${now}', replace: 'delete from pins where until < ${now}', tests: [RULES] },
  { name: 'pins-end-via', rule: 'members by a pin that ended are there through the filter', file: pins, find: "where via <> 'filter' and (segment_id", replace: "where false and (segment_id", tests: [RULES] },
  { name: 'plans-before', rule: 'plans are carried out before segments are built', file: record, find: 'due: await carryOutDue(tx, { now, runId })', replace: 'due: { ended: [], converted: [] }', more: [{ find: 'await tx.changes.prune();', replace: 'await tx.changes.prune(); await carryOutDue(tx, run);' }], tests: [RULES] },
  { name: 'plans-zone', rule: 'in the zone of the store', file: due, find: 'convertsAt(segment, timezone)', replace: "convertsAt(segment, timezone === '' ? timezone : 'UTC')", tests: [RULES] },
  { name: 'plans-rest', rule: 'inactivity counts from the last who joined or left', file: 'src/segment/conversion-plan.ts', find: 'segment.movedAt ?? plan.plannedAt', replace: 'plan.plannedAt', tests: [RULES] },
  { name: 'plans-never-moved', rule: 'or from the making of the plan', file: 'src/segment/conversion-plan.ts', find: 'segment.movedAt ?? plan.plannedAt', replace: 'segment.movedAt ?? 0', tests: [RULES] },
  // scans
  { name: 'scan-epoch', rule: 'a scan is as old as its snapshot', file: ahead, find: 'seen: scan.seen, fingerprint', replace: 'seen: await tx.changes.watermark(), fingerprint', tests: [SCANS] },
  { name: 'scan-fingerprint', rule: 'and good for the definition that it was made for', file: ahead, find: 'fingerprint: asked.fingerprint', replace: 'fingerprint: prepared.fingerprint', tests: [SCANS] },
  { name: 'scan-bounds', rule: 'and for the dates that this meant', file: ahead, find: 'bounds: JSON.stringify(asked.bounds)', replace: 'bounds: JSON.stringify(prepared.bounds)', tests: [SCANS] },
  { name: 'scan-log', rule: 'as long as the log reaches back to it', file: ahead, find: "if (typeof since === 'string') return false;", replace: "if (typeof since === 'string') { await tx.members.findCandidates({ segmentId: segment.id, kinds: [], segments: [], since: await tx.changes.watermark(), slices: [] }, 0); return true; }", tests: [SCANS] },
  { name: 'scan-asks-again', rule: 'who was changed since is asked again', file: layOut, find: 'where contact_id not in (select contact_id from temp.candidates)\n', replace: 'where true\n', more: [{ find: 'where ${probe} and', replace: 'where ${probe} and false and' }], tests: [SCANS] },
  { name: 'scan-untouched', rule: 'only who matched when nobody is to be asked again', file: layOut, find: '    select 1 from temp.candidates\n    union all ', replace: '    ', tests: [SCANS] },
  { name: 'scan-pins', rule: 'pins are those of the transaction that merges', file: layOut, find: "where pins.segment_id = ${segmentId} and pins.kind = 'in'`);", replace: 'where false`);', tests: [SCANS] },
  { name: 'scan-pins-out', rule: 'those that keep out as well', file: layOut, find: 'and contact_id not in (select contact_id from pins where segment_id = ${segmentId})`);', replace: "and contact_id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in')`);", tests: [SCANS] },
  { name: 'scan-cut', rule: 'of those who matched as many join as may', file: 'src/store/sqlite/laid-out.ts', find: 'order by contact_id limit ${joining}`);', replace: 'order by contact_id`);', tests: [SCANS] },
  { name: 'scan-anonymous', rule: 'and are counted as the scan found them', file: 'src/store/sqlite/scan/pass.ts', find: 'coalesce(sum(value & 1), 0)', replace: '0', tests: [SCANS] },
  { name: 'scan-alone', rule: 'a condition that fails does not take others along', file: 'src/store/sqlite/scan/passes.ts', find: 'if (pass.length === 1) giveUp(pass);', replace: 'if (pass.length > 0) giveUp(pass);', tests: [SCANS] },
  { name: 'scan-gathers', rule: 'what is gathered together is told apart', file: 'src/store/sqlite/scan/gather.ts', find: '${answer} << ${sql.raw(String(index))}', replace: '${answer} << 0', tests: [SCANS] },
  { name: 'scan-gathers-own', rule: 'each question by rows of its own', file: 'src/store/sqlite/scan/gather.ts', find: 'having(sql` filter (where ${fits[index]})`)', replace: 'having(sql``)', tests: [SCANS] },
  { name: 'scan-gathers-same', rule: 'and only from rows that are the same', file: 'src/store/sqlite/scan/gather.ts', find: '[table, key, outer, ...within]', replace: '[table, key, outer]', tests: [SCANS] },
  { name: 'scan-read', rule: 'nothing is scanned for a filter that reads little of what changed', file: ahead, find: 'counts[index] ?? 0', replace: 'counts.length * 1e9', tests: [SCANS] },
  { name: 'scan-profiles', rule: 'whether a contact is anonymous may have changed behind it', file: ahead, find: '[...needs.profile, ...identifying(prepared)]', replace: '[...needs.profile]', tests: [SCANS] },
  { name: 'scan-referred', rule: 'a scan waits until what it reads is built', file: ahead, find: 'if (referred.size > 0) continue;', replace: '', tests: [SCANS] },
  { name: 'scan-remains', rule: 'what a killed run left is removed', file: 'src/store/sqlite/scan/scanning.ts', find: '  removeStaleSideFiles(realPath);\n', replace: '', tests: [SCANS] },
  { name: 'left-after-joined', rule: 'nobody leaves before they joined', file: difference, find: 'max(since, ${cause.now})', replace: '${cause.now}', tests: [RULES] },
  // the language
  ...OPERATOR_SLIPS,
  ...TRANSLATION_SLIPS,
  // what a run is asked to mind
  { name: 'held-members', rule: 'a guard that refuses keeps the members', file: build, find: 'if (refused !== undefined) await tx.members.dropLaidOut(id);', replace: '', tests: [OPTIONS] },
  { name: 'held-seen', rule: 'and what was seen', file: build, find: "judged.filter(({ status }) => status === 'ok')", replace: "judged.filter(({ status }) => status !== 'limited')", tests: [OPTIONS] },
  { name: 'held-first', rule: 'but never a first build', file: guards, find: 'if (builtAt === null) return undefined;', replace: '', tests: [OPTIONS] },
  { name: 'held-empty', rule: 'nor by a share what has no members', file: guards, find: 'members > 0 && moving', replace: 'moving', tests: [OPTIONS] },
  { name: 'held-apart', rule: 'who leaves is looked at apart from who joins', file: guards, find: 'if (exceeds(leaving, maxShrink, members))', replace: 'if (exceeds(leaving - joining, maxShrink, members))', tests: [OPTIONS] },
  { name: 'held-told', rule: 'segments on members that are not of this run say so', file: one, find: "if (fate.built.status !== 'ok') stale.set", replace: "if (fate.built.status === null) stale.set", tests: [OPTIONS] },
  { name: 'limited-seen', rule: 'a partial application has seen nothing', file: segments, find: 'set seen_epoch = null, joined_last_run', replace: 'set joined_last_run', tests: [OPTIONS] },
  { name: 'limited-stamp', rule: 'and is not stamped as built', file: build, find: "judged.filter(({ status }) => status === 'ok')", replace: "judged.filter(({ status }) => status !== 'held')", tests: [OPTIONS] },
  { name: 'limited-leaving', rule: 'who leaves comes first', file: 'src/store/sqlite/laid-out.ts', find: 'const joining = limit - Math.min(limit, leaving);', replace: 'const joining = limit;', more: [{ find: "cutMoves(db, segmentId, 'leaving', limit);", replace: "cutMoves(db, segmentId, 'leaving', 0);" }], tests: [OPTIONS] },
  { name: 'dry-run', rule: 'a dry run writes nothing', file: run, find: 'dryRun(store, true,', replace: 'dryRun(store, false,', tests: [OPTIONS] },
  { name: 'nested', rule: 'what fails in it is taken back alone', file: 'src/store/sqlite/transaction.ts', find: "'rollback to nested; release nested'", replace: "'release nested'", tests: [PORT], only: 'may take back a part' },
  { name: 'time-one', rule: 'little time is enough for one segment', file: run, find: '!(reports.size > 0 && isTimeUp())', replace: '!isTimeUp()', tests: [OPTIONS] },
  { name: 'time-stalest', rule: 'the oldest come first', file: scope, find: 'isTimeUp === undefined ? wanted : stalestFirst(wanted)', replace: 'wanted', tests: [OPTIONS] },
  { name: 'batches', rule: 'no statement evaluates more than a batch', file: layOut, find: 'if (size === undefined) return', replace: 'if (size !== 0) return', tests: ['store/plans.test.ts'], only: 'in batches' },
  { name: 'batches-whole', rule: 'and all batches are evaluated', file: layOut, find: 'return ranges.map(', replace: 'return ranges.slice(0, 1).map(', tests: [OPTIONS] },
  { name: 'ahead', rule: 'a clock that was read does not go back behind a live run', file: wave, find: 'else if (await isAhead(tx, segment, run)) {', replace: 'else if ((await isAhead(tx, segment, run)) && run.now < 0) {', tests: [OPTIONS] },
  { name: 'ahead-dead', rule: 'behind a dead one it does', file: wave, find: "other !== undefined && (other.status === 'running' ||", replace: "other !== undefined && (other.status !== 'ok' ||", tests: [OPTIONS] },
  { name: 'beside', rule: 'a run beside others leaves their records alone', file: 'src/store/sqlite/runs.ts', find: 'if (!beside) ', replace: '', tests: [OPTIONS] },
  // verify
  { name: 'verify-dry', rule: 'verify writes nothing', file: verify, find: 'const isDry = request.repair !== true;', replace: 'const isDry = request.repair !== true && request.now < 0;', tests: [VERIFY] },
  { name: 'verify-pending', rule: 'what the next update would change is no finding', file: verify, find: 'const updated = await buildEach(tx, ordered, run,', replace: 'const updated = await buildEach(tx, ordered.slice(0, 0), run,', tests: [VERIFY] },
  { name: 'verify-doubt', rule: 'what a changed schema hides is', file: verify, find: 'const { ordered, cyclic } =', replace: 'await tx.changes.open();\n  const { ordered, cyclic } =', tests: [VERIFY] },
  { name: 'verify-full', rule: 'everybody is evaluated', file: verify, find: '{ ...run, full: true }', replace: 'run', tests: [VERIFY] },
  { name: 'verify-counters', rule: 'counters are counted before they are put right', file: verify, find: 'counters.filter((counter) => counter.stored !== counter.counted)', replace: 'counters.slice(0, 0)', tests: [VERIFY] },
  { name: 'verify-static', rule: 'static segments lose contacts that are no more', file: verify, find: 'await tx.members.layOutGone(id);', replace: 'await tx.members.layOutGone(-id);', tests: [VERIFY] },
  { name: 'verify-triggers', rule: 'repair puts triggers back', file: verify, find: 'if (isDoubtful) await', replace: 'if (isDoubtful && run.now < 0) await', tests: [VERIFY] },
  // removals
  { name: 'removal-import', rule: 'a removal holds against imports', file: removals, find: "    case 'bulk':\n      return true;", replace: "    case 'bulk':\n      return false;", tests: [REMOVALS] },
  { name: 'removal-action', rule: 'by hand it holds against actions', file: removals, find: "return sourceOf(pin.via) !== 'action';", replace: 'return false;', tests: [REMOVALS] },
  { name: 'removal-own', rule: 'an action may take back what an action removed', file: removals, find: "return sourceOf(pin.via) !== 'action';", replace: 'return true;', tests: [REMOVALS] },
  { name: 'removal-hand', rule: 'nobody is kept from adding by hand', file: removals, find: "    case 'hand':\n      return false;", replace: "    case 'hand':\n      return true;", tests: [REMOVALS] },
  { name: 'removal-over', rule: 'a removal that is over holds no longer', file: removals, find: "pin.kind !== 'out' || isOver(pin, now)", replace: "pin.kind !== 'out'", tests: [REMOVALS] },
  { name: 'removal-choice', rule: 'what a contact chooses counts as by hand', file: via, find: "const BY_HAND: readonly string[] = ['manual', 'preference-center']", replace: "const BY_HAND: readonly string[] = ['manual']", tests: [REMOVALS] },
  { name: 'removal-outranks', rule: 'a removal by hand takes the place of one by an action', file: removals, find: "return standing ? 'outranked' : 'untouchable';", replace: "return 'untouchable';", tests: [REMOVALS] },
  { name: 'removal-untouchable', rule: 'an action moves no end of a removal by hand', file: removals, find: "return standing ? 'outranked' : 'untouchable';", replace: "return standing ? 'outranked' : 'settled';", tests: [REMOVALS] },
  { name: 'removal-stranger', rule: 'a removal written with SQL does not keep the member from leaving', file: decisions, find: 'const late = await tx.members.remove(segment.id, rest, cause);', replace: 'const late = await tx.members.remove(segment.id, [], cause);', tests: [REMOVALS] },
  { name: 'removal-forgotten', rule: 'who is added by hand is no longer removed', file: decisions, find: 'const unpinned = await tx.pins.clear(segment.id, back);', replace: 'const unpinned = await tx.pins.clear(segment.id, []);', tests: [REMOVALS] },
  { name: 'removal-override', rule: 'an import may override removals', file: decisions, find: 'decision.overrideRemovals === true ? ids :', replace: 'decision.overrideRemovals === false ? ids :', tests: [REMOVALS] },
  { name: 'removal-kept', rule: 'removals outlive a conversion to static', file: conversion, find: "await tx.pins.clear(segment.id, 'all', 'in');", replace: "await tx.pins.clear(segment.id, 'all');", tests: ['segment/conversion.test.ts'] },
  { name: 'unpublished-join', rule: 'unpublished segments are joined by hand alone', file: via, find: "if (touch === 'join' && channel !== 'manual')", replace: "if (touch === 'join' && channel === 'import')", tests: ['segment/membership-table.test.ts'] },
  { name: 'unpublished-leave', rule: 'and left through anything', file: via, find: "if (touch === 'join' && channel !== 'manual')", replace: "if (channel !== 'manual')", tests: ['segment/membership-table.test.ts'] },
  // consent
  { name: 'reason-lifted', rule: 'what stands for another reason is not lifted', file: suppressions, find: "${among(sql`reason`, reasons)}", replace: '', tests: [PORT], only: 'suppressions' },
  { name: 'reason-imported', rule: 'an import lifts what stands for just its reason', file: importConsent, find: "where (contact_id, channel, reason) in (\n      select s.record_id, given.channel, given.reason", replace: "where (contact_id, channel) in (\n      select s.record_id, given.channel", tests: [PORT], only: 'imports of consent' },
  // backups, and files that are exchanged
  { name: 'backup-private', rule: 'a backup is for its owner alone', file: backup, find: '    createBeside(draft.path, real);\n', replace: '', tests: [BACKUP], only: 'for its owner alone' },
  { name: 'backup-counter', rule: 'a backup copied over a store is noticed for certain', file: backup, find: '    resetChangeCounter(draft.path);\n', replace: '', tests: [GUARD], only: 'is noticed at once' },
  { name: 'backup-own-name', rule: 'a backup is no file of the store', file: backup, find: "  requireNotStoreFile(path, target, 'the backup');\n", replace: '', tests: [BACKUP], only: 'no name of the store' },
  { name: 'restore-strange-log', rule: 'a log that a stranger put beside a backup is not read', file: 'src/store/sqlite/backup/incoming.ts', find: '  requireSoundCompanions(realpathSync(file));', replace: '', tests: [BACKUP], only: 'beside the backup' },
  { name: 'restore-reasons', rule: 'a suppression is carried over for each of its reasons', file: 'src/store/sqlite/backup/consent.ts', find: '    where 1\n', replace: "    where said.reason <> 'unsubscribed'\n", tests: ['store/versions.test.ts'], only: 'with the suppressions of today' },
  { name: 'guard-log', rule: 'a log is thrown away only where it is certain that its file is gone', file: guard, find: "if (wrong === 'overwritten') this.#dropLog();", replace: "if (wrong === 'overwritten' || wrong === 'doubtful') this.#dropLog();", tests: [GUARD], only: 'the log stays' },
  { name: 'guard-counter', rule: 'a change counter that fell is', file: guard, find: ' || isBelow(header.changes, before.changes)', replace: '', tests: [GUARD], only: 'is noticed at once' },
  { name: 'guard-set', rule: 'a schema number that was set is not', file: guard, find: 'found === present || ', replace: '', tests: [GUARD], only: 'a schema number' },
  { name: 'guard-error', rule: 'what fails on an exchanged file is told as that', file: store, find: '      this.#guard.check();\n      throw error;', replace: '      throw error;', tests: [GUARD], only: 'only finds damage' },
  { name: 'guard-last', rule: 'a log is not folded into another file at the end', file: store, find: '    this.#guard.settle();\n', replace: '', tests: [GUARD], only: 'after the last' },
];

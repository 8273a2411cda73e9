/**
 * The library: the services behind the commands, for programs. Open a store, call services inside
 * `store.read` or `store.write`, close it. Instants are epoch milliseconds UTC. What the caller can
 * correct is thrown as `UserError`.
 */
export { initStore } from './store/sqlite/open.ts';
export { openStore } from './open-store.ts';
export { backupStore } from './store/sqlite/backup/backup.ts';
export { restoreStore } from './store/sqlite/backup/restore.ts';
export type * from './store/index.ts';
export { EXIT, type ExitCode, UserError } from './support/errors.ts';
export type { Catalogue, FilterAst, TimeContext } from './filter/index.ts';
export { compileFilter, printFilter, readFilter } from './filter/index.ts';
export { loadCatalogue } from './contact/fields.ts';
export { readCondition } from './contact/where.ts';
export { createField, deleteField, editField } from './contact/field-changes.ts';
export { getContact, getContacts, resolveContacts } from './contact/contact-refs.ts';
export { addContact, deleteContacts, editContact } from './contact/contacts.ts';
export { listContacts } from './contact/contact-list.ts';
export { contactSegments, showContact } from './contact/contact-view.ts';
export { tagContacts, untagContacts } from './contact/tags.ts';
export {
  addCompany,
  deleteCompanies,
  editCompany,
  getCompanies,
  getCompany,
} from './contact/companies.ts';
export { listCompanies, showCompany } from './contact/company-list.ts';
export { addEvent, listEvents } from './contact/events.ts';
export { exportCompanies, exportContacts, type ExportOptions } from './csv/export.ts';
export type { ColumnMapping } from './csv/column-mapping.ts';
export { importCompanies, importContacts, importEvents } from './csv/import.ts';
export type { ImportContext, ImportOptions, ImportReport, Progress } from './csv/import-options.ts';
export { type MaxRejects, parseMaxRejects } from './csv/max-rejects.ts';
export type { TalliedReason } from './csv/reason-tally.ts';
export type { RejectSample } from './csv/rejects.ts';
export { convertSegment } from './segment/conversion.ts';
export { planConversion, type Planned, type PlanRequest } from './segment/conversion-plan.ts';
export { type DoctorRequest, type Examination, examineStore } from './segment/doctor/examine.ts';
export {
  createSegment,
  deleteSegment,
  editSegment,
  type SegmentOptions,
} from './segment/definition.ts';
export { addCondition, removeCondition, setFilter, viewFilter } from './segment/filters.ts';
export { listSegments, viewSegment } from './segment/listing.ts';
export { explainContact, type Explanation } from './segment/explain.ts';
export { getSegment } from './segment/lookup.ts';
export {
  addToSegment,
  type Decision,
  type MemberChange,
  removeFromSegment,
  unpinFromSegment,
} from './segment/members.ts';
export { choose, type Chosen, type Offer, offersTo } from './segment/preferences.ts';
export { type Modification, type Modified, modifySegments } from './segment/modify.ts';
export { addSelected, type ContactsNamed, removeSelected } from './segment/selected-members.ts';
export { countMembers, listMembers } from './segment/members-list.ts';
export { segmentHistory } from './segment/history.ts';
export { contactHistory } from './segment/contact-history.ts';
export { overlapOf } from './segment/overlap.ts';
export { compareSegments } from './segment/compare.ts';
export { readPinEnd } from './segment/pin-end.ts';
export { type Preview, previewFilter, scriptOfFilter } from './segment/preview.ts';
export { type Profile, profileSegment } from './segment/profile.ts';
export { eachRun, lastUpdates, type RunView, viewRun } from './segment/runs.ts';
export { judgeAge, statusOf, type StoreStatus } from './segment/status.ts';
export {
  type Bound,
  updateSegments,
  type UpdateReport,
  type UpdateRequest,
} from './segment/update/run.ts';
export {
  type Verified,
  type VerifyReport,
  type VerifyRequest,
  verifySegments,
} from './segment/update/verify.ts';

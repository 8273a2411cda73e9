/**
 * The entrance of a thread that scans: here the language and the adapter meet, as in `main.ts` and
 * `index.ts`.
 */
import { serveScans } from './store/sqlite/scan/serve-scans.ts';
import { scanFilters } from './segment/update/scan-filters.ts';

serveScans(scanFilters);

import { conformance } from './conformance.ts';
import { sqliteFixture } from './sqlite-fixture.ts';

conformance('the SQLite adapter', sqliteFixture);

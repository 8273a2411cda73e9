import { defineConfig } from 'tsdown';
import builds from '../../tsdown.config.ts';
import { withoutRule } from './plugin.js';

const [, program] = builds;

/** The program without the rule that is named, for tests that run what is built. */
export default defineConfig({
  ...program,
  cwd: new URL('../..', import.meta.url).pathname,
  plugins: [withoutRule(process.env['ROLLCALL_WITHOUT_RULE']), program?.plugins],
  hooks: {}, // nothing is warmed up: the rule may be one without which no command ends well
});

// Loaded into each measured process (`node -r`): when it ends, writes what it used, with all its
// threads, to descriptor 3. Memory is read from /proc if possible, because the maxRSS of a process
// starts at what its parent held. It is loaded into bare Nodes too, so that it loads nothing else:
// a module of ECMAScript would add a third to them. Threads load and write it as well; they end
// before the process does.
'use strict';
const { existsSync, readFileSync, writeSync } = process.getBuiltinModule('node:fs');

const STATUS = '/proc/self/status';
process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const peak = existsSync(STATUS)
    ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))
    : null;
  const peakKb = peak === null ? maxRSS : Number(peak[1]);
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: peakKb * 1024 };
  writeSync(3, `${JSON.stringify(usage)}\n`);
});

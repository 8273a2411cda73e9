// Loaded into each measured process (`node -r`): when it ends, writes what it used, with all its
// threads, to descriptor 3. Memory is read from /proc if possible, because the maxRSS of a process
// starts at what its parent held. CommonJS, because a loader of modules costs a third of a bare
// Node's time, and this is loaded into bare Nodes too.
'use strict';
const { existsSync, readFileSync, writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const STATUS = '/proc/self/status';
const usage = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const peak = existsSync(STATUS)
    ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))
    : null;
  const peakKb = peak === null ? maxRSS : Number(peak[1]);
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: peakKb * 1024 };
};
if (isMainThread) process.once('exit', () => writeSync(3, JSON.stringify(usage())));

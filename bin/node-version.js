// Which Node rollcall runs on. Node versions that are too old read this file as well, so it uses no
// newer syntax.

/**
 * Whether a Node of this version, `20.19.0`, is one of those that package.json names as `engines`.
 */
exports.isSupported = (version) => {
  const [major, minor] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  return major === 22 ? minor >= 12 : major > 22;
};

/** The message for any other version. */
exports.unsupported = (version) =>
  `error: rollcall needs Node 20.19, or 22.12 or newer; this is Node ${version}\n` +
  'hint: install one of these, and see that it comes first in PATH (cron has a PATH of its own)\n';

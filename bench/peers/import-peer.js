/**
 * A package of bench/package.json, or undefined where it is not installed: the root's `npm ci` does
 * not bring them.
 * @param {string} name
 * @returns {Promise<Record<string, any> | undefined>}
 */
export async function importPeer(name) {
  try {
    return await import(name);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ERR_MODULE_NOT_FOUND')
      return undefined;
    throw error;
  }
}

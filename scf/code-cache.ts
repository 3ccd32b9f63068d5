/**
 * A bundle that starts faster: V8's compiled code of it, in a second file beside it. Without that file, with a broken
 * one or with one of another Node, the bundle compiles itself as ever.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The name of the second file. */
export const CACHE_FILE = 'index.cache'

/**
 * Makes `index.js` of a bundle: its code as a text, and a loader that the first invocation runs. Requiring the file
 * reads nothing.
 *
 * @param source - the bundled function, CommonJS, in ASCII
 */
export function withLoader(source: string): string {
  const id = createHash('sha256').update(source).digest('hex')
  const text = JSON.stringify(`(function(exports,require,module,__filename,__dirname){${source}\n})`)
  return `"use strict";const id=${JSON.stringify(id)},code=${text};${LOADER}`
}

/**
 * The file begins with three digests of 32 bytes: of the code that it was made from, of the Node that made it, and of
 * what follows. V8 takes compiled code at its word, so that a flipped bit would end the process.
 */
const HEAD_BYTES = 96

// The proxy shows what else a handler carries (its routes). `letaoCodeCache` is there for code-cache-maker.cjs alone.
const LOADER = `let loaded;
const own=()=>(loaded??=load(compile(compiled()))).main_handler;
exports.main_handler=new Proxy((event,context)=>own()(event,context),{get:(handler,key)=>key in handler||typeof key!="string"?handler[key]:own()[key]});
if(globalThis.letaoCodeCache)globalThis.letaoCodeCache({compile,load:script=>loaded=load(script),head});
function load(script){const module={exports:{}};
script.runInThisContext()(module.exports,require,module,__filename,__dirname);
return module.exports}
function compile(cachedData){const{Script}=require("node:vm");return new Script(code,{filename:__filename,cachedData})}
function compiled(){try{const file=require("node:fs").readFileSync(__dirname+"/${CACHE_FILE}"),body=file.subarray(${HEAD_BYTES});
return file.subarray(0,${HEAD_BYTES}).equals(head(body))?body:undefined}catch{}}
function head(body){const{createHash}=require("node:crypto"),digest=part=>createHash("sha256").update(part).digest();
return Buffer.concat([Buffer.from(id,"hex"),digest(process.versions.v8+process.arch),digest(body)])}
`.replaceAll('\n', '')

/**
 * Writes the compiled code of a bundle that lies in `folder` as `index.js`. The Node that is named runs it: give the
 * platform's own, or nobody can use the result.
 *
 * @throws Error when the bundle cannot even be loaded
 */
export async function writeCodeCache(folder: string, node = process.execPath): Promise<void> {
  const fresh = join(dirname(folder), `.${basename(folder)}-${process.pid}.cache`)
  try {
    await promisify(execFile)(node, [MAKER, join(folder, 'index.js'), fresh], { env: {}, timeout: 30_000 })
    renameSync(fresh, join(folder, CACHE_FILE))
  } finally {
    rmSync(fresh, { force: true })
  }
}

const MAKER = join(import.meta.dirname, 'code-cache-maker.cjs')

// Makes service/src/password/common.txt: the 10 000 most common passwords, most common first.
// The source is the list of the npm package `zxcvbn` (MIT; see the README beside the file):
//   npm pack zxcvbn@4.4.2 && tar xzf zxcvbn-4.4.2.tgz
//   node scripts/common-passwords.mjs package/lib/frequency_lists.js
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const COUNT = 10_000
const { passwords } = createRequire(import.meta.url)(resolve(process.argv[2]))
// Short numbers are found by other rules, and short words are in too many others.
const isUseful = (word) => (/^\d+$/.test(word) ? word.length >= 6 : word.length >= 4)
const common = passwords.filter(isUseful).slice(0, COUNT)
const file = resolve(import.meta.dirname, '../service/src/password/common.txt')
writeFileSync(file, common.join('\n') + '\n')

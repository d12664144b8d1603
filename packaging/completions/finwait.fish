# fish completion for finwait(8)

# The first column of a table of finwait's own, without its heading.
function __finwait_names
    command finwait $argv 2>/dev/null | tail -n +2 | string match -r '^\S+'
end

# The topics: they stand two blanks to the right, below the heading of their group.
function __finwait_topics
    command finwait explain 2>/dev/null | string replace -rf '^  (\S+).*' '$1'
end

function __finwait_netns
    set -l names /run/netns/*
    string replace -r '.*/' '' -- $names
end

# The words before the cursor that are no options and no values of options.
function __finwait_words
    set -l takes_value --netns --root --state-dir --color --fail-on --set --reason --confirm --wait --interval -n --count \
        --by --state --top --twice
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word $takes_value
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Are these words, and no others, before the cursor?
function __finwait_at
    set -l words (__finwait_words)
    test "$words" = "$argv"
end

# Is this the verb?
function __finwait_verb
    set -l words (__finwait_words)
    test "$words[1]" = $argv[1]
end

complete -c finwait -f

complete -c finwait -n '__finwait_at ""' -a audit -d 'judge knobs, sockets and counters by rules'
complete -c finwait -n '__finwait_at ""' -a sockets -d 'count sockets by state and family, or in groups'
complete -c finwait -n '__finwait_at ""' -a knobs -d 'knobs: value, default, value at boot, origin, risk'
complete -c finwait -n '__finwait_at ""' -a explain -d 'explain a knob, a TCP state, an idea, a finding or a log line'
complete -c finwait -n '__finwait_at ""' -a profile -d 'list, show, compare and check profiles'
complete -c finwait -n '__finwait_at ""' -a apply -d 'change knobs, so that it can be undone'
complete -c finwait -n '__finwait_at ""' -a verify -d 'are applied values in force?'
complete -c finwait -n '__finwait_at ""' -a confirm -d 'keep a change that waits for confirmation'
complete -c finwait -n '__finwait_at ""' -a rollback -d 'undo the newest transaction, one, or all'
complete -c finwait -n '__finwait_at ""' -a history -d 'the transactions there were'
complete -c finwait -n '__finwait_at ""' -a watch -d 'the sockets over time, and who closes them'
complete -c finwait -n '__finwait_at ""' -a prove -d 'measure in scratch namespaces what a knob does'
complete -c finwait -n '__finwait_at ""' -a snapshot -d 'record this machine into a directory'

complete -c finwait -l netns -x -a '(__finwait_netns)' -d 'that network namespace'
complete -c finwait -l all-netns -d 'report on every network namespace'
complete -c finwait -l json -d 'one JSON document instead of text'
complete -c finwait -l root -x -a '(__fish_complete_directories)' -d 'read a recorded tree'
complete -c finwait -l state-dir -x -a '(__fish_complete_directories)' -d 'where the journal is'
complete -c finwait -l color -x -a 'auto always never' -d colour
complete -c finwait -l strict -d 'exit 2 if a fact could not be read'
complete -c finwait -l help -d help
complete -c finwait -l version -d 'the version'

complete -c finwait -n '__finwait_verb audit' -l fail-on -x -a 'info notice warning critical' -d 'exit 1 from this severity on'

complete -c finwait -n '__finwait_verb sockets' -l by -x -a 'state port peer process unit user' -d 'in groups'
complete -c finwait -n '__finwait_verb sockets' -l state -x -a 'established syn-sent syn-recv fin-wait-1 fin-wait-2 time-wait close close-wait last-ack listen closing bound-inactive' -d 'only sockets in that state'
complete -c finwait -n '__finwait_verb sockets' -l top -x -d 'that many groups, and the sum of the rest'
complete -c finwait -n '__finwait_verb sockets' -l twice -x -d 'read again after SECONDS: what runs out, and when'
complete -c finwait -n '__finwait_verb sockets' -l quick -d 'reckon TIME_WAIT from sockstat'

complete -c finwait -n '__finwait_verb knobs' -l changed -d 'only those that are not at their default'
complete -c finwait -n '__finwait_verb knobs' -l boot -d 'only those that files set at boot'
complete -c finwait -n '__finwait_verb knobs' -l all -d 'those too that are not here'
complete -c finwait -n '__finwait_verb knobs' -a '(command finwait knobs --all 2>/dev/null | sed -n "/^\$/q; s/^\\([a-z][^ ]*\\).*/\\1/p")' -d knob

complete -c finwait -n '__finwait_at explain' -a '(__finwait_topics)' -d topic

complete -c finwait -n '__finwait_at profile' -a list -d 'the profiles there are'
complete -c finwait -n '__finwait_at profile' -a show -d 'its settings'
complete -c finwait -n '__finwait_at profile' -a diff -d 'its settings beside the present values'
complete -c finwait -n '__finwait_at profile' -a check -d 'what is wrong with a file'
complete -c finwait -n '__finwait_at profile show; or __finwait_at profile diff; or __finwait_at apply; or __finwait_at verify' -a '(__finwait_names profile list)' -d profile
complete -c finwait -n '__finwait_at profile check' -F

complete -c finwait -n '__finwait_verb apply' -l set -x -d 'KEY=VALUE instead of a profile'
complete -c finwait -n '__finwait_verb apply' -l confirm -x -d 'undo it after SECONDS, unless confirmed'
complete -c finwait -n '__finwait_verb apply' -l persist -d 'also over a reboot'
complete -c finwait -n '__finwait_verb apply' -l dry-run -d 'show the changes and what they do, and write nothing'
complete -c finwait -n '__finwait_verb apply' -l accept-risk -d 'also values with a known risk'
complete -c finwait -n '__finwait_verb apply' -l allow-unrated -d 'also keys finwait has no knowledge of'
complete -c finwait -n '__finwait_verb apply' -l force -d 'with --set: also values no profile may carry'
complete -c finwait -n '__finwait_verb apply' -l require-all -d 'refuse if a key is absent or read-only'
complete -c finwait -n '__finwait_verb apply' -l reason -x -d 'why; kept in the history'

complete -c finwait -n '__finwait_verb rollback' -l all -d 'undo everything of this boot'
complete -c finwait -n '__finwait_verb rollback' -l overwrite -d 'also values somebody else has changed'
complete -c finwait -n '__finwait_verb rollback' -l at-deadline -d 'in the background, once its deadline is past'
complete -c finwait -n '__finwait_verb apply; or __finwait_verb verify; or __finwait_verb confirm; or __finwait_verb rollback' -l wait -x -d 'SECONDS to wait for another finwait'

complete -c finwait -n '__finwait_at confirm; or __finwait_at rollback; or __finwait_at history; or __finwait_at verify' -a '(__finwait_names history)' -d transaction

complete -c finwait -n '__finwait_verb watch' -s n -l interval -x -d 'SECONDS from one frame to the next'
complete -c finwait -n '__finwait_verb watch' -l count -x -d 'end after N intervals'

complete -c finwait -n '__finwait_verb prove' -l all -d 'every trial in its short form'
complete -c finwait -n '__finwait_verb prove' -l long -d 'at full length'
complete -c finwait -n '__finwait_verb prove' -l jobs -x -d 'how many experiments at once'
complete -c finwait -n '__finwait_verb prove' -a '(__finwait_names prove)' -d trial

complete -c finwait -n '__finwait_verb snapshot' -l mask-addresses -d 'numbers for addresses, and no comments'
complete -c finwait -n '__finwait_at snapshot' -a '(__fish_complete_directories)'

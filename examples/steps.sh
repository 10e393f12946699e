# The steps that the scripts of the examples share; each `run.sh` reads this file.
#
# An example has two sides, each a folder of the directory that it is given: `agency` exports rows,
# `office` has the plan and the store. Every command is printed as one would type it in that
# directory.
#
# Not here: what an example counts (its `plan.toml`) and what leaves its agency (its `agent.toml`).

# Ends with a message in the form of the programs' own.
fail() { # EXIT-CODE MESSAGE
    echo "error$2" >&2
    exit "$1"
}

# Reads the arguments, finds the programs, and goes to the new directory with the example's files.
begin() { # EXAMPLE "$@"
    example=$1
    shift
    directory='' serve=false
    for argument in "$@"; do
        case $argument in
        --serve) serve=true ;;
        -*) fail 2 "[usage]: $argument: is not an option; usage: run.sh DIR [--serve]" ;;
        *) directory=$argument ;;
        esac
    done
    [ -n "$directory" ] || fail 2 "[usage]: DIR: is missing; usage: run.sh DIR [--serve]"
    tidegauge_program=$(program "${TIDEGAUGE:-tidegauge}")
    agent_program=
    if [ -d "$example/export" ]; then
        agent_program=$(program "${TIDEGAUGE_AGENT:-tidegauge-agent}")
    fi
    mkdir -p "$directory"
    [ -z "$(ls -A "$directory")" ] ||
        fail 2 "[not-empty]: $directory: is not empty; give a new directory, or delete it"
    directory=$(cd "$directory" && pwd)
    cd "$directory"
    mkdir office
    cp "$example/plan.toml" office/
    if [ -d "$example/export" ]; then
        mkdir agency
        cp -r "$example/export" agency/
    fi
}

# The path of a program, in PATH or as given.
program() { # NAME
    local found
    found=$(type -P "$1") || fail 2 "[no-program]: $1: is not in PATH; build it with \`cargo \
build --release --locked -p tidegauge -p tidegauge-agent\` and add target/release to PATH"
    realpath "$found"
}

tidegauge() { "$tidegauge_program" "$@"; }
tidegauge-agent() { "$agent_program" "$@"; }

say() { printf '\n== %s\n' "$*"; }

# Prints a command, then runs it.
run() {
    printf '$ %s\n' "$*"
    "$@"
}

# The agency makes its key and the agencies' key, and the office writes what they print into its
# plan.
exchange_keys() { # SOURCE NAME COMPLETE_EVERY FIRST_DAY KEY_ID
    local key
    key="agency/$(printf %s "$1" | tr '[:upper:]' '[:lower:]').key"
    say "The agency makes keys, and sends the lines that are printed to the office"
    run tidegauge-agent key signing "$key" --id "$5" | tee signing.lines
    run tidegauge-agent key new agency/agencies.key | tee pseudonym.lines
    {
        printf '\n# Who delivers: lines of the agency.\n[intake]\n'
        printf 'longest_wait_minutes = 60\n'
        grep '^pseudonym_key' pseudonym.lines
        printf '\n[[source]]\nid = "%s"\nname = "%s"\nfrom = "%s"\n' "$1" "$2" "$4"
        printf 'complete_every = "%s"\ncomplete_within_minutes = 60\n\n' "$3"
        sed -n '/^\[\[source.key]]/,$p' signing.lines
    } >>office/plan.toml
    rm signing.lines pseudonym.lines
}

# The office checks its plan, and makes a store that takes only invented persons.
make_store() {
    say "The office checks the plan, and makes a store for invented persons"
    run tidegauge plan check office/plan.toml
    run tidegauge init office/store --plan office/plan.toml --synthetic
}

# The office opens its intake, and the agency delivers what it exported.
deliver() {
    local address server
    say "The office opens the intake, and the agency delivers"
    : >office/serve.log
    echo '$ tidegauge serve office/store --public 127.0.0.1:0 --intake 127.0.0.1:0 &'
    "$tidegauge_program" serve office/store --public 127.0.0.1:0 --intake 127.0.0.1:0 \
        >office/serve.log 2>&1 &
    server=$!
    # shellcheck disable=SC2064
    trap "kill $server 2>/dev/null || true" EXIT
    until address=$(sed -n 's|^taking deliveries at \(.*\)/intake/v1/$|\1|p' office/serve.log) &&
        [ -n "$address" ]; do
        kill -0 "$server" 2>/dev/null || { cat office/serve.log >&2 && exit 1; }
        sleep 0.1
    done
    sed "s|^intake = [^ ]*|intake = \"$address\"|" "$example/agent.toml" >agency/agent.toml
    run tidegauge-agent check --settings agency/agent.toml
    run tidegauge-agent once --settings agency/agent.toml
    kill "$server"
    wait "$server" || true
    trap - EXIT
}

# The office takes in a plain file of events, which only a store for invented persons does.
take_file() { # FILE
    say "The office takes in a plain file of events"
    cp "$example/$1" office/
    run tidegauge ingest office/store "office/$1"
}

# The office releases what is due, and anyone can verify the ledger.
release() {
    say "The office releases every step, and verifies the ledger as anyone can"
    run tidegauge release office/store
    run tidegauge ledger verify office/store
    run tidegauge status office/store
}

# Some figures with their margins, and how to see the rest.
show_figures() { # DATAFLOW KEY
    say "Figures with their margins"
    echo "\$ tidegauge export office/store --dataflow $1 --key $2 > figures.csv"
    tidegauge export office/store --dataflow "$1" --key "$2" >figures.csv
    head -n 6 figures.csv
    echo "($(($(wc -l <figures.csv) - 1)) figures in figures.csv)"
    say "The page, until you press Ctrl-C"
    printf '$ tidegauge serve %q\n' "$directory/office/store"
    if $serve; then
        exec "$tidegauge_program" serve office/store
    fi
}

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# bash completion for spinctl(8)

# Names of what is loaded: the first column of a listing.
_spinctl_names()
{
	spinctl "$1" list 2>/dev/null | awk 'NR > 1 { print $1 }'
}

# Bindings by their ids, and by EXTENSION/NAME.
_spinctl_bindings()
{
	spinctl binding list 2>/dev/null |
		awk 'NR > 1 { print $1; print $3 "/" $2 }' | sort -u
}

# Names of an extension's templates: of bindings, and those with a slot.
_spinctl_templates()
{
	spinctl binding list "$1" 2>/dev/null | awk 'NR > 1 { print $2 }'
	spinctl ext show "$1" 2>/dev/null |
		awk '/^$/ { on = 0 } on { print $1 } /^TEMPLATE / { on = 1 }'
}

# Names of an extension's capabilities.
_spinctl_caps()
{
	spinctl cap list "$1" 2>/dev/null | awk 'NR > 1 { print $2 }'
}

# Key fields of all events.
_spinctl_keys()
{
	local event
	for event in $(_spinctl_names event); do
		spinctl event show "$event" 2>/dev/null |
			sed -n 's/^keys *//p' | tr -d ,
	done
}

_spinctl_reply()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_spinctl_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -X '!*.bpf.o' -- "$cur"
				 compgen -d -- "$cur")
}

# NAME=KIND:WHAT. Readline breaks words at '=' and ':': it replaces only what
# follows the last of them.
_spinctl_grant()
{
	local whole=$1 what

	case $whole in
	*=file:* | *=console:*)
		what=${whole#*=*:}
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$what")
		;;
	*=directory:*)
		what=${whole#*=directory:}
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$what")
		;;
	*=framebuffer:*)
		what=${whole#*=framebuffer:}
		mapfile -t COMPREPLY < <(compgen -G '/dev/dri/card*' |
					 grep -F -- "$what")
		;;
	*=*)
		what=${whole#*=}
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -W 'file: directory: udp: tcp: framebuffer: console: clock:
			region: strand: interface: cap: fd:' -- "$what")
		;;
	esac
}

# WHAT=N
_spinctl_limit()
{
	[[ $1 != *=* ]] || return
	compopt -o nospace 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -W 'bindings= memory= objects= queue= packets= cpu=' -- "$cur")
}

# Interfaces that an extension imports.
_spinctl_imports()
{
	spinctl domain show "$1" 2>/dev/null |
		awk '/^$/ { on = 0 } on { print $1 } /^IMPORTS / { on = 1 }'
}

# before:BINDING and after:BINDING break at the colon, too.
_spinctl_order()
{
	case $1 in
	before:* | after:*)
		mapfile -t COMPREPLY < <(compgen -W "$(_spinctl_bindings)" -- "${1#*:}")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W 'none first last before: after:' -- "$1")
		[[ ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2>/dev/null
		;;
	esac
}

# The word the cursor is in, with the '=' and ':' that readline broke it at.
_spinctl_whole_word()
{
	local line=${COMP_LINE:0:COMP_POINT}

	printf '%s' "${line##*[[:space:]]}"
}

_spinctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} whole word previous='' skip=
	local -a words=()
	local options='--json --pretty --debug --version --help'
	local with_value='--grant --rights --set --domain --limit --closure --match --order --count --key --event --ext'

	COMPREPLY=()
	whole=$(_spinctl_whole_word)
	# The words before this one, options and their values left out.
	local before=${COMP_LINE:0:COMP_POINT - ${#whole}}
	for word in ${before#*[[:space:]]}; do
		previous=$word
		if [[ $skip ]]; then
			skip=
		elif [[ $word == -g || $word == -s || " $with_value " == *" $word "* ]]; then
			skip=1
		elif [[ $word != -* ]]; then
			words+=("$word")
		fi
	done

	case $previous in
	-g | --grant)
		_spinctl_grant "$whole"
		return
		;;
	--match)
		[[ $whole == *=* ]] || _spinctl_reply "$(_spinctl_keys)"
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(printf '%s\n' "${COMPREPLY[@]/%/=}" | sort -u | grep -v '^=$')
		return
		;;
	--order)
		_spinctl_order "$whole"
		return
		;;
	--event)
		_spinctl_reply "$(_spinctl_names event)"
		return
		;;
	--ext)
		_spinctl_reply "$(_spinctl_names ext)"
		return
		;;
	--domain)
		_spinctl_reply "$(_spinctl_names domain)"
		return
		;;
	--limit)
		_spinctl_limit "$whole"
		return
		;;
	-s | --set | --rights | --closure | --count | --key)
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		case "${words[*]}" in
		load* | 'ext load'* | 'ext upgrade'*)
			options+=' --grant --rights --set --domain --limit'
			;;
		'binding install'*)
			options+=' --closure --match --order --cancel --filter --inactive --count --key'
			;;
		'cap grant'*)
			options+=' --rights'
			;;
		'binding remove'*)
			options+=' --count'
			;;
		trace*)
			options+=' --event --ext'
			;;
		esac
		_spinctl_reply "$options"
		return
	fi

	case "${words[*]}" in
	'')
		_spinctl_reply 'ext event binding cap proc domain name load unload call trace doctor version help'
		;;
	help)
		_spinctl_reply 'ext event binding cap proc domain name load unload call trace doctor version'
		;;
	ext)
		_spinctl_reply 'list show load upgrade unload help'
		;;
	event)
		_spinctl_reply 'list show help'
		;;
	cap)
		_spinctl_reply 'list show grant narrow revoke help'
		;;
	'cap list' | 'cap show' | 'cap grant' | 'cap narrow' | 'cap revoke')
		_spinctl_reply "$(_spinctl_names ext)"
		;;
	'cap show '* | 'cap narrow '* | 'cap revoke '*)
		[[ ${#words[@]} -ne 3 ]] || _spinctl_reply "$(_spinctl_caps "${words[2]}")"
		;;
	'cap grant '*)
		_spinctl_grant "$whole"
		;;
	proc)
		_spinctl_reply 'list help'
		;;
	binding)
		_spinctl_reply 'list show enable disable install remove time help'
		;;
	load | 'ext load' | 'ext upgrade')
		_spinctl_files
		;;
	unload | call | 'ext unload' | 'ext show' | 'binding list' | 'binding install')
		_spinctl_reply "$(_spinctl_names ext)"
		;;
	domain)
		_spinctl_reply 'list show create combine remove destroy limit resolve unresolve rights help'
		;;
	name)
		_spinctl_reply 'list lookup help'
		;;
	'domain show' | 'domain combine'* | 'domain create '* | 'domain remove' | 'domain destroy' | 'domain rights')
		_spinctl_reply "$(_spinctl_names domain)"
		;;
	'domain limit' | 'domain resolve' | 'domain unresolve')
		_spinctl_reply "$(_spinctl_names ext)"
		;;
	'domain limit '*)
		_spinctl_limit "$whole"
		;;
	'domain resolve '* | 'domain unresolve '*)
		[[ ${#words[@]} -ne 3 ]] || _spinctl_reply "$(_spinctl_imports "${words[2]}")"
		;;
	'domain rights '*)
		[[ ${#words[@]} -ne 3 ]] || _spinctl_reply 'none import modify import,modify'
		;;
	'name lookup')
		_spinctl_reply "$(_spinctl_names name)"
		;;
	'event show')
		_spinctl_reply "$(_spinctl_names event)"
		;;
	'binding show' | 'binding enable' | 'binding disable' | 'binding remove')
		_spinctl_reply "$(_spinctl_bindings)"
		;;
	'binding install '*)
		[[ ${#words[@]} -ne 3 ]] || _spinctl_reply "$(_spinctl_templates "${words[2]}" | sort -u)"
		;;
	esac
}

complete -F _spinctl spinctl

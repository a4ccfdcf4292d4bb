# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# bash completion for spinctl(8). What objects, commands, options and kinds there are
# it reads from `spinctl help`; here is only what their arguments may be.

# The spinctl that is being typed: a user often has no sbin in the path. Its errors
# would stand in the middle of the line.
_spinctl_ask()
{
	local program=${COMP_WORDS[0]/#\~\//$HOME/}

	command -v "$program" >/dev/null || program=$(PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v spinctl)
	"$program" "$@" 2>/dev/null
}

# The objects, and help.
_spinctl_objects()
{
	_spinctl_ask help | sed -n '/^Objects/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# The commands of an object; none if it is a command itself.
_spinctl_commands()
{
	_spinctl_ask help "$1" | awk '$1 == "spinctl" && $3 ~ /^[a-z]+$/ { print $3 }'
}

# The options of an object or of a command; without an argument, all.
_spinctl_options()
{
	_spinctl_ask help "$@" | sed -n 's/^  \(-., \)\?\(--[a-z-]*\) .*/\2/p'
}

# Options that a value follows, in both their forms.
_spinctl_options_with_value()
{
	_spinctl_ask help | sed -n 's/^  \(\(-.\), \)\?\(--[a-z-]*\) [A-Z].*/\2 \3/p'
}

# Kinds of things that can be granted, with what is granted of each, as help writes it.
_spinctl_grants()
{
	_spinctl_ask help | sed -n '/^KINDS/,$s/^  \([a-z]*:[^ ]*\) .*/\1/p'
}

# Kinds of things that can be granted.
_spinctl_kinds()
{
	_spinctl_grants | sed 's/:.*/:/'
}

# What is granted of a kind.
_spinctl_what()
{
	_spinctl_grants | sed -n "s/^$1://p"
}

# Names of what is loaded: the first column of a listing.
_spinctl_names()
{
	_spinctl_ask "$1" list | awk 'NR > 1 { print $1 }'
}

# Domains that a user made: an extension's or the kernel's confine nobody.
_spinctl_domains()
{
	_spinctl_ask domain list | awk 'NR > 1 && $2 == "aggregate" { print $1 }'
}

# Bindings by their ids, and by EXTENSION/NAME.
_spinctl_bindings()
{
	_spinctl_ask binding list |
		awk 'NR > 1 { print $1; print $3 "/" $2 }' | sort -u
}

# Names of an extension's templates: of bindings, and those with a slot.
_spinctl_templates()
{
	_spinctl_ask binding list "$1" | awk 'NR > 1 { print $2 }'
	_spinctl_ask ext show "$1" |
		awk '/^$/ { on = 0 } on { print $1 } /^TEMPLATE / { on = 1 }'
}

# Names of an extension's capabilities.
_spinctl_caps()
{
	_spinctl_ask cap list "$1" | awk 'NR > 1 { print $2 }'
}

# Key fields of all events.
_spinctl_keys()
{
	local event
	for event in $(_spinctl_names event); do
		_spinctl_ask event show "$event" |
			sed -n 's/^keys *//p' | tr -d ,
	done
}

_spinctl_reply()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# _spinctl_complete PREFIX COMPGEN-ARGUMENT... - add what compgen makes of the last
# argument, behind PREFIX
_spinctl_complete()
{
	local prefix=$1 word
	shift
	while IFS= read -r word; do
		COMPREPLY+=("$prefix$word")
	done < <(compgen "$@")
}

_spinctl_files()
{
	compopt -o filenames 2>/dev/null
	_spinctl_complete '' -f -X '!*.bpf.o' -- "$whole"
	_spinctl_complete '' -d -- "$whole"
}

# NAME=KIND:WHAT. Readline breaks words at '=' and ':', unless they are quoted: it
# replaces only what follows the last of them.
_spinctl_grant()
{
	local what prefix='' kind

	kind=${whole#*=}
	kind=${kind%%:*}
	case $whole in
	*=*:*) what=${whole#*=*:} ;;
	*=*) what=${whole#*=} kind= ;;
	*) return ;;
	esac
	[[ ${#typed} -le ${#what} ]] || prefix=${typed:0:${#typed} - ${#what}}
	if [[ ! $kind ]]; then
		compopt -o nospace 2>/dev/null
		_spinctl_complete "$prefix" -W "$(_spinctl_kinds)" -- "$what"
		return
	fi
	case $(_spinctl_what "$kind") in
	PATH)
		compopt -o filenames 2>/dev/null
		_spinctl_complete "$prefix" -f -- "$what"
		;;
	DIRECTORY)
		compopt -o filenames 2>/dev/null
		_spinctl_complete "$prefix" -d -- "$what"
		;;
	/dev/dri/*)
		_spinctl_complete "$prefix" -G "$what*" -X '!/dev/dri/card*'
		[[ $what ]] || _spinctl_complete "$prefix" -G '/dev/dri/card*'
		;;
	DOMAIN)
		_spinctl_complete "$prefix" -W "$(_spinctl_names domain)" -- "$what"
		;;
	EXTENSION/NAME)
		_spinctl_complete "$prefix" -W "$(_spinctl_ask cap list | awk 'NR > 1 { print $1 "/" $2 }')" -- "$what"
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
	_spinctl_ask domain show "$1" |
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

# Cut the line up to the cursor into words, as the shell would: sets words and, of
# the one the cursor is in, whole, both without their quotes.
_spinctl_split()
{
	local line=${COMP_LINE:0:COMP_POINT} quote='' char word='' inside='' i

	words=()
	for ((i = 0; i < ${#line}; i++)); do
		char=${line:i:1}
		if [[ $char == '\' && $quote != "'" ]]; then
			i=$((i + 1))
			word+=${line:i:1} inside=1
		elif [[ $quote ]]; then
			if [[ $char == "$quote" ]]; then quote=; else word+=$char; fi
		elif [[ $char == [\'\"] ]]; then
			quote=$char inside=1
		elif [[ $char == [[:space:]] ]]; then
			[[ ! $inside ]] || words+=("$word")
			word='' inside=''
		else
			word+=$char inside=1
		fi
	done
	whole=$word
}

# What readline takes for the word, without its quotes.
_spinctl_unquote()
{
	local text=$1 quote='' char word='' i

	for ((i = 0; i < ${#text}; i++)); do
		char=${text:i:1}
		if [[ $char == '\' && $quote != "'" ]]; then
			i=$((i + 1))
			word+=${text:i:1}
		elif [[ $quote && $char == "$quote" ]]; then
			quote=
		elif [[ ! $quote && $char == [\'\"] ]]; then
			quote=$char
		else
			word+=$char
		fi
	done
	typed=$word
}

# A user whom the device is not for gets a word instead of nothing: two, so that none
# of them is put on the line.
_spinctl_no_names()
{
	case ${words[0]} in
	load | help | doctor | version | '') return ;;
	esac
	[[ ${words[1]} != @(load|upgrade) && -e /dev/spin && ! -r /dev/spin ]] || return
	COMPREPLY=('<names: no permission for /dev/spin>' ' ')
}

_spinctl()
{
	local -a words

	_spinctl_words
	[[ ${#COMPREPLY[@]} -gt 0 ]] || _spinctl_no_names
}

_spinctl_words()
{
	local cur whole typed word previous='' skip=
	local -a all
	local with_value commands

	COMPREPLY=()
	_spinctl_split
	all=("${words[@]:1}")
	words=()
	_spinctl_unquote "${COMP_WORDS[COMP_CWORD]}"
	[[ $typed != [=:] ]] || typed=
	cur=$typed
	with_value=" $(_spinctl_options_with_value | tr '\n' ' ') "
	# The words before this one, options and their values left out.
	for word in "${all[@]}"; do
		previous=$word
		if [[ $skip ]]; then
			skip=
		elif [[ $word == -* && $with_value == *" $word "* ]]; then
			skip=1
		elif [[ $word != -* ]]; then
			words+=("$word")
		fi
	done
	[[ $skip ]] || previous=

	case $previous in
	'') ;;
	-g | --grant)
		_spinctl_grant
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
		_spinctl_reply "$(_spinctl_domains)"
		return
		;;
	--limit)
		_spinctl_limit "$whole"
		return
		;;
	*)
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		_spinctl_reply "$(_spinctl_options "${words[@]:0:2}")"
		return
	fi

	case "${words[*]}" in
	'' | help)
		_spinctl_reply "$(_spinctl_objects)"
		return
		;;
	help\ *)
		_spinctl_reply "$(_spinctl_commands "${words[1]}")"
		return
		;;
	*' '*) ;;
	*)
		commands=$(_spinctl_commands "${words[0]}")
		if [[ $commands ]]; then
			_spinctl_reply "$commands help"
			return
		fi
		;;
	esac
	case "${words[*]}" in
	'cap list' | 'cap show' | 'cap grant' | 'cap narrow' | 'cap revoke')
		_spinctl_reply "$(_spinctl_names ext)"
		;;
	'cap show '* | 'cap narrow '* | 'cap revoke '*)
		[[ ${#words[@]} -ne 3 ]] || _spinctl_reply "$(_spinctl_caps "${words[2]}")"
		;;
	'cap grant '*)
		_spinctl_grant
		;;
	load | 'ext load' | 'ext upgrade')
		_spinctl_files
		;;
	unload | call | 'ext unload' | 'ext show' | 'binding list' | 'binding install')
		_spinctl_reply "$(_spinctl_names ext)"
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
